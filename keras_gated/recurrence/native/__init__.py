"""The loops over time in C++: a whole sequence in one call.

`src/` has the library, which `hatch_build.py` compiles where there is a compiler;
`library.py` finds it. `call.py` says what a call reads and writes. `jax.py`,
`tensorflow.py` and `torch.py` make operators of it, `loop.py` a `Loop`, `stream.py` one
step, and `choice.py` says when the loop is taken.
"""

from keras_gated.recurrence.native.loop import NativeLoop
from keras_gated.recurrence.native.stream import NativeStream

__all__ = ["NativeLoop", "NativeStream"]
