"""Prints the instruction sets that the libraries took.

`python -m tests.instruction_set_probe` loads them as a test session does.
"""

import conftest  # noqa: F401, I001  First, as in a test session.

import keras
import numpy as np
from numpy.lib.introspect import opt_func_info
from threadpoolctl import threadpool_info

from keras_gated.recurrence.native.library import instruction_set


def of_jax():
    """What LLVM may use, by the program that it made."""
    import jax

    program = jax.jit(jax.numpy.tanh).lower(np.ones(8, "float32")).compile()
    made = program.runtime_executable().serialize()
    names = ("avx512f", "avx2", "avx")
    return next(name for name in names if f"+{name}".encode() in made)


def of_tensorflow():
    """What oneDNN tells of itself at its first product, if ONEDNN_VERBOSE is set."""
    keras.ops.matmul(np.ones((8, 8), "float32"), np.ones((8, 8), "float32"))
    return "see the line of onednn_verbose"


def of_torch():
    import torch

    return torch.backends.cpu.get_cpu_capability()


if __name__ == "__main__":
    backend = keras.backend.backend()
    found = {"jax": of_jax, "tensorflow": of_tensorflow, "torch": of_torch}[backend]()
    print(f"{backend}: {found}")
    print(f"loops: {instruction_set()}")
    print(f"NumPy: {opt_func_info('^tanh$', 'float32')['tanh']['ff']['current']}")
    blas = {x["architecture"] for x in threadpool_info() if "architecture" in x}
    print(f"OpenBLAS: {', '.join(blas)}")
