"""The loops over time in C++: a whole sequence in one call.

`src/` has the library, which `hatch_build.py` compiles where there is a compiler;
`library.py` finds it. `call.py` says what a call reads and writes. `jax.py`,
`tensorflow.py` and `torch.py` make operators of it, `loop.py` a `Loop`, and
`choice.py` says when that is taken. `../stream.py` runs it a step at a time.
"""

from keras_gated.recurrence.native.loop import NativeLoop

__all__ = ["NativeLoop"]
