"""What each of many equal models costs in one process: seconds and memory.

    KERAS_BACKEND=jax python benchmarks/many_models.py

Each model is built, compiled and fitted to a batch. The first pays for what all share.
On JAX the same is shown with its cache of programs in a folder, filled before, and
where JAX is told every ten models to forget its programs, and glibc to give back what
is free.
"""

import ctypes
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODELS = 40
EVERY = 10
CACHE = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


def resident() -> float:
    """Megabytes of this process, of Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(clear: bool) -> None:
    """Prints what the models of this process cost."""
    import keras
    import numpy as np

    from keras_gated.layers import GRU

    x, y = np.ones((4, 32, 8), "float32"), np.ones((4, 1), "float32")
    seconds, before = [], 0.0
    for number in range(MODELS):
        begin = time.perf_counter()
        model = keras.Sequential([GRU(16), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(x, y, verbose=0)
        del model
        seconds.append(time.perf_counter() - begin)
        if clear and number % EVERY == EVERY - 1:
            import jax

            gc.collect()
            jax.clear_caches()
            ctypes.CDLL(None).malloc_trim(0)
        if number == EVERY - 1:
            gc.collect()
            before = resident()
    gc.collect()
    grown = (resident() - before) / (MODELS - EVERY)
    first, later = seconds[0], statistics.median(seconds[1:])
    print(f"first {first:.2f} s, later {later:.2f} s, each of these {grown:.2f} MB")


def run(title: str, *arguments: str, **variables: str) -> None:
    """Measures in a process of its own."""
    print(f"{title}: ", end="", flush=True)
    command = [sys.executable, "-m", "benchmarks.many_models", *arguments]
    root = Path(__file__).resolve().parents[1]
    subprocess.run(command, check=True, cwd=root, env={**os.environ, **variables})


def main() -> None:
    run("as it is", "--measure")
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "jax":
        return
    run(f"forgetting programs every {EVERY} models", "--measure", "--clear")
    with tempfile.TemporaryDirectory() as folder:
        for title in ("filling a cache of programs", "with that cache"):
            run(title, "--measure", **CACHE, JAX_COMPILATION_CACHE_DIR=folder)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure("--clear" in sys.argv)
    else:
        main()
