"""Times the native loops alone, beside the products in them.

    python benchmarks/native_loops.py

A row has the milliseconds of a forward and of a backward loop, without the products
before and after it, and how many times the floor they are: the time that the loop's
products would take as fast as that of two large matrices in the same run. All take
turns; what is shown are the least and the median of the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.call import KINDS, READS, WRITES, Direction

WORKLOADS = (
    # batch, steps, units, rounds
    (16, 64, 36, 200),
    (8, 800, 36, 60),
    (32, 500, 195, 15),
    (64, 128, 512, 7),
)
UNITS = ("lstm", "gru_reset_before", "gru_reset_after", "simple_rnn")
LARGE = 2048
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit", choices=UNITS, default=UNITS[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="cpu: the time of all threads, also where others use the machine",
    )
    options = parser.parse_args()
    clock = CLOCKS[options.clock]
    kind = UNITS.index(options.unit)
    print(f"{options.unit}, {library.instruction_set()}, {options.threads} threads")
    large = np.ones((LARGE, LARGE), np.float32)
    for batch, steps, units, rounds in WORKLOADS:
        sizes = {"b": batch, "t": steps, "h": units}
        arrays = random_arrays(kind, sizes)
        forward = loop("forward", kind, sizes, arrays, options.threads)
        backward = loop("backward", kind, sizes, arrays, options.threads)
        jobs: list[Callable[[], object]] = [lambda: large @ large, forward, backward]
        times: list[list[float]] = [[] for _ in jobs]
        for _ in range(rounds):
            for job, taken in zip(jobs, times, strict=True):
                start = clock()
                job()
                taken.append(1e3 * (clock() - start))
        products = batch * steps * units**2 * KINDS[kind].blocks
        floor = min(times[0]) * products / LARGE**3
        print(f"{batch}x{steps}->{units}: floor {floor:.3f} ms", end="")
        for name, taken in zip(("forward", "backward"), times[1:], strict=True):
            least, median = min(taken), statistics.median(taken)
            print(f", {name} {least:.3f} ({least / floor:.2f}x), {median:.3f}", end="")
        print(flush=True)


def random_arrays(kind: int, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """All that the loops of a unit read and write, but masks."""
    rng = np.random.default_rng(0)
    blocks, kept = KINDS[kind].blocks, KINDS[kind].kept_blocks
    units = sizes["h"]
    lengths = {**sizes, "p": blocks * units, "k": kept * units, "g": 3}
    everything = {**READS["forward"], **WRITES["forward"]}
    everything |= {**READS["backward"], **WRITES["backward"]}
    absent = {"valid", "dropout_mask"}
    if UNITS[kind] != "lstm":
        absent |= {n for n in everything if "carr" in n or "peepholes" in n}
    if UNITS[kind] != "gru_reset_after":
        absent |= {n for n in everything if "recurrent_bias" in n}
    arrays = {
        name: rng.normal(size=[lengths[axis] for axis in axes]).astype(np.float32)
        for name, axes in everything.items()
        if name not in absent
    }
    arrays["recurrent_kernel"] /= np.sqrt(units, dtype=np.float32)
    return arrays


def loop(
    direction: Direction,
    kind: int,
    sizes: dict[str, int],
    arrays: dict[str, np.ndarray],
    threads: int,
) -> Callable[[], None]:
    """A loop over `arrays`, which must outlive it; it has run once."""
    names = {*READS[direction], *WRITES[direction]} & set(arrays)
    pointers = {name: arrays[name].ctypes.data for name in names}
    library.run(direction, kind, sizes, pointers, threads)
    return lambda: library.run(direction, kind, sizes, pointers, threads)


if __name__ == "__main__":
    main()
