"""How a recurrent cell is run over time.

This is the one place of the package with code for single backends. The contract:

- `project(inputs)` maps the inputs of all time steps at once,
  `(time, batch, features)`, to what the cell needs of them, in one matrix product;
- `step(projected, states)` maps one projected time step and the tuple of states to
  the next states. It is pure: it reads no variable and changes nothing. Every state
  has the shape `(batch, units)`, and the first one is the output of the step;
- `scan(body, states, inputs, stack)`, one file per backend, is the loop.
  `body(states, current)` maps the tuple of states and the tuple of what `inputs`, whose
  first axis is time, hold for one step to the next states. It returns the final states
  and, if `stack`, the first state of every step, `(time, batch, units)`, else `None`.

`run` puts the three together. `matmul` and `exact` are what projections and steps are
written with besides `keras.ops`, which computes some operations on doubles in single
precision: `tanh` on JAX, `matmul` on PyTorch.
"""

from keras_gated.recurrence.backend import exact, matmul, scan
from keras_gated.recurrence.loop import run

__all__ = ["exact", "matmul", "run", "scan"]
