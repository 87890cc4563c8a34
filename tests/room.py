"""The memory of a process that compiles hundreds of programs."""

import ctypes
import gc
from pathlib import Path

import keras

MAPPINGS = Path("/proc/self/maps")
STATUS = Path("/proc/self/status")
MOST_MAPPINGS = 16_000
MOST_MEGABYTES = 1500
MORE_MEGABYTES = 300


class Room:
    """Makes room where a process has taken much, on Linux.

    Every program of JAX is some memory mappings, and with Linux' limit of 65,530 of
    them LLVM ends the process by a segmentation fault. JAX keeps programs until it is
    told to forget them, and glibc what was freed until `malloc_trim`: both together
    brought a process of 2.2 GB to 1.1, either alone to no less.
    """

    def __init__(self):
        self.most_megabytes = MOST_MEGABYTES

    def make(self):
        """Gives back what is free, where that is due."""
        if not STATUS.exists():
            return
        if resident_megabytes() > self.most_megabytes or mappings() > MOST_MAPPINGS:
            gc.collect()
            if keras.backend.backend() == "jax":
                import jax

                jax.clear_caches()
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(0)
            # What is in use is not asked for again after every test.
            self.most_megabytes = max(
                MOST_MEGABYTES, resident_megabytes() + MORE_MEGABYTES
            )


def mappings():
    """How many memory mappings this process has."""
    return MAPPINGS.read_bytes().count(b"\n")


def resident_megabytes():
    """The memory of this process."""
    line = next(x for x in STATUS.read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1000
