"""How a recurrent cell is run over time.

This is the one place of the package with code for single backends. `run` puts a layer's
masks, direction and layout around one of three loops:

- the native one (`native/`) is in C++, for float32 on a CPU;
- the hand-written one (`_hand_written.py`) runs a unit's step forward, and its
  derivative backward, under the backend's custom gradient. JAX and TensorFlow compile
  both with XLA (`_scanned.py`), PyTorch works in place (`_torch_loops/`) where a unit
  has such a loop. `_checkpointed.py` wraps either of them for long sequences;
- the generic one (`_differentiated.py`) serves units without a derivative by hand and
  activations that it does not know, and is differentiated by the backend.

`path_for` says which one it is, and why. Inside the `with` block of an `Observer` a
fourth one (`observed.py`) takes their place, which shows the gates and states of every
step. The equations are in `units/`. A backend's own file offers three things besides
exact operations:

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

from keras_gated.recurrence import units
from keras_gated.recurrence.backend import exact, matmul
from keras_gated.recurrence.loop import run
from keras_gated.recurrence.observed import Observer, unchanged
from keras_gated.recurrence.operands import noise, project
from keras_gated.recurrence.path import Path, path_for

__all__ = [
    "Observer",
    "Path",
    "exact",
    "matmul",
    "noise",
    "path_for",
    "project",
    "run",
    "unchanged",
    "units",
]
