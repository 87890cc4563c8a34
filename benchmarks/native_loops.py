"""Times the native loops alone, beside the products in them.

    python benchmarks/native_loops.py

A row has the milliseconds of a forward and of a backward call, the latter without the
gradients of the inputs, and how many times the floor they are: the time that its
products would take as fast as that of two large matrices in the same run, on as many
threads, in float32. Shown are the least and the median of the rounds, in which the two
directions take turns.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import ml_dtypes  # noqa: F401 - tells NumPy what bfloat16 is
import numpy as np

from keras_gated.recurrence.native import layout, library
from keras_gated.recurrence.native.call import KINDS, READS, WRITES, Direction

WORKLOADS = (
    # batch, steps, features, units, rounds
    (1, 64, 88, 64, 400),
    (16, 64, 88, 36, 200),
    (8, 800, 88, 36, 60),
    (32, 500, 20, 195, 15),
    (64, 128, 256, 512, 7),
    (24, 96, 96, 46, 100),
    (4, 1500, 88, 36, 40),
    (24, 300, 40, 160, 20),
    (4, 64, 88, 36, 400),
    (4, 64, 88, 46, 400),
)
UNITS = tuple(layout.UNITS)
DIRECTIONS: tuple[Direction, ...] = ("forward", "backward")
LARGE = 2048
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--unit", choices=UNITS, default=UNITS[0], help="recurrent unit"
    )
    parser.add_argument(
        "--numbers", choices=layout.NUMBERS, default="float32", help="their type"
    )
    parser.add_argument("--threads", type=int, default=1, help="threads of a loop")
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="cpu: the time of all threads, also where others use the machine",
    )
    options = parser.parse_args()
    clock = CLOCKS[options.clock]
    kind = UNITS.index(options.unit)
    print(
        f"{options.unit}, {options.numbers}, {library.instruction_set()}, "
        f"{options.threads} threads"
    )
    for batch, steps, features, units, rounds in WORKLOADS:
        sizes = {"b": batch, "t": steps, "d": features, "h": units}
        arrays = random_arrays(kind, sizes, options.numbers)
        jobs = {
            direction: loop(direction, kind, sizes, arrays, options.threads)
            for direction in DIRECTIONS
        }
        per_product = large_product(clock, options.threads)
        times: dict[Direction, list[float]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                start = clock()
                job()
                times[name].append(1e3 * (clock() - start))
        blocks = KINDS[kind].blocks
        columns = batch * steps * units
        of_inputs = blocks.projected * features
        of_outputs = blocks.recurrent * blocks.seen * units
        products = {
            "forward": of_inputs + of_outputs,
            "backward": of_inputs + 2 * of_outputs,
        }
        print(f"{batch}x{steps}x{features}->{units}:", end="")
        for name, taken in times.items():
            floor = per_product * columns * products[name] / LARGE**3
            least, median = min(taken), statistics.median(taken)
            print(
                f" {name} {least:.3f} ({least / floor:.2f}x), {median:.3f};"
                f" floor {floor:.3f}",
                end="",
            )
        print(flush=True)


def large_product(clock: Callable[[], float], threads: int) -> float:
    """The least milliseconds of a product of large matrices.

    Its threads wait for more work in a loop; a pause lets them go to sleep.
    """
    from threadpoolctl import threadpool_limits

    large = np.ones((LARGE, LARGE), np.float32)
    times = []
    with threadpool_limits(threads):
        for _ in range(5):
            start = clock()
            np.dot(large, large)
            times.append(1e3 * (clock() - start))
    time.sleep(0.5)
    return min(times)


def random_arrays(
    kind: int, sizes: dict[str, int], numbers: str
) -> dict[str, np.ndarray]:
    """All that the loops of a unit read and write, but masks."""
    rng = np.random.default_rng(0)
    blocks = KINDS[kind].blocks
    lengths = sizes | blocks.lengths(sizes["h"])
    everything = {**READS["forward"], **WRITES["forward"]}
    everything |= {**READS["backward"], **WRITES["backward"]}
    absent = {"valid", "dropout_mask", "d_inputs"}
    if not KINDS[kind].has_carry:
        absent |= {n for n in everything if "carr" in n or "peepholes" in n}
    if not blocks.recurrent_bias:
        absent |= {n for n in everything if "recurrent_bias" in n}
    arrays = {
        name: rng.normal(size=[lengths[a] for a in array.axes]).astype(np.float32)
        for name, array in everything.items()
        if name not in absent
    }
    arrays["recurrent_kernel"] /= np.sqrt(sizes["h"], dtype=np.float32)
    return {name: array.astype(np.dtype(numbers)) for name, array in arrays.items()}


def loop(
    direction: Direction,
    kind: int,
    sizes: dict[str, int],
    arrays: dict[str, np.ndarray],
    threads: int,
) -> Callable[[], None]:
    """A loop over `arrays`, which must outlive it; it has run once."""
    names = {*READS[direction], *WRITES[direction]} & set(arrays)
    given = {
        name: library.Array(
            array.dtype.name, array.ctypes.data, array.nbytes, array.shape
        )
        for name, array in arrays.items()
        if name in names
    }
    library.run(direction, kind, sizes, given, threads)
    return lambda: library.run(direction, kind, sizes, given, threads)


if __name__ == "__main__":
    main()
