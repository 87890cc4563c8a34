"""How a recurrent cell is run over time.

This is the one place of the package with code for single backends. `run` puts a layer's
masks and direction around a `Loop`, whose contract is in `loop.py`. `choice.py` has all
of them in the order in which they are asked:

- those for GPUs (`_jax_gpu/`, `_torch_gpu/`) are asked first, if they are turned on,
  and run a whole sequence in one kernel; `experimental.py` has the switch;
- the native one (`native/`) is in C++, for floats on a CPU;
- the hand-written ones run a step forward, and its derivative backward, under the
  backend's custom gradient (`_hand_written.py`): in place on PyTorch for equations
  that have such a loop (`_torch_loops/`), else under `scan`, which JAX and TensorFlow
  compile (`_scanned.py`). `_checkpointed.py` wraps any of these for long sequences;
- the generic one (`_differentiated.py`) serves equations without a derivative by hand
  and activations that it does not know, and is differentiated by the backend.

The first that does not refuse takes the call; `path_for` says which one it is, and why.
Inside the `with` block of an `Observer` another one (`observed.py`) takes their place,
which shows the gates and states of every step. `equations/` has what a step computes. A
backend's own file offers three things besides exact operations:

- `scan(body, states, inputs, collected, reverse)`, the loop. `body(states, current)`
  maps the tuple of states and the tuple of what `inputs`, whose first axis is time,
  hold for one step to the next states and `collected` outputs, stacked over time;
- `custom_gradient(forward, backward, differentiable, arguments, constants)`, a function
  with its own derivative, and what takes its place where that one will not do;
- `gradient(function)`, the derivative of a scalar function to its first argument.

`exact`, `matmul` and the activations are what steps are written with besides
`keras.ops`, which computes some operations on doubles in single precision: `tanh` on
JAX, `matmul` on PyTorch.
"""

from keras_gated.recurrence import equations
from keras_gated.recurrence.backend import exact, matmul
from keras_gated.recurrence.choice import path_for
from keras_gated.recurrence.experimental import gpu_loops_enabled
from keras_gated.recurrence.loop import Loop
from keras_gated.recurrence.observed import Observer, unchanged
from keras_gated.recurrence.operands import noise, project
from keras_gated.recurrence.path import Path
from keras_gated.recurrence.sequences import run
from keras_gated.recurrence.stream import NativeStream

__all__ = [
    "Loop",
    "NativeStream",
    "Observer",
    "Path",
    "equations",
    "exact",
    "gpu_loops_enabled",
    "matmul",
    "noise",
    "path_for",
    "project",
    "run",
    "unchanged",
]
