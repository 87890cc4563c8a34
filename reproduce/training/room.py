"""The memory of a process that compiles hundreds of programs."""

import ctypes
import gc
from pathlib import Path

import keras

PROCESS = Path("/proc/self")
MOST_MAPPINGS = 16_000
MOST_BYTES = 1_500_000_000
MORE_BYTES = 300_000_000


class Room:
    """Makes room where a process has taken much, on Linux.

    Every program of JAX is some memory mappings, and with Linux' limit of 65,530 of
    them LLVM ends the process by a segmentation fault. JAX keeps programs until it is
    told to forget them, and glibc what was freed until `malloc_trim`: both together
    brought a process of 2.2 GB to 1.1, either alone to no less.
    """

    def __init__(self) -> None:
        self.most_bytes = MOST_BYTES

    def make(self) -> None:
        """Gives back what is free, where that is due."""
        if not PROCESS.exists():
            return
        on_jax = keras.backend.backend() == "jax"
        if resident_bytes() > self.most_bytes or (
            on_jax and mappings() > MOST_MAPPINGS
        ):
            gc.collect()
            if on_jax:
                import jax

                jax.clear_caches()
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(0)
            # What is in use is not asked for again every time.
            self.most_bytes = max(MOST_BYTES, resident_bytes() + MORE_BYTES)


def resident_bytes() -> int:
    """The memory that this process holds."""
    status = (PROCESS / "status").read_text().splitlines()
    (line,) = (line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def mappings() -> int:
    """How many memory mappings this process has."""
    return (PROCESS / "maps").read_bytes().count(b"\n")
