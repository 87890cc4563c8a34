"""Measures in a process of its own, on the backend that `KERAS_BACKEND` names.

Reads tasks from the standard input and writes a reply for each to the standard
output, one line of JSON each; a reply begins with `MARK`, whatever else is printed.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.workloads import Step, Workload

MARK = "RESULT "

LONG_S = 1.0
"""Longer steps do not notice what ran before them."""

PAUSE_S = 0.01


def main() -> None:
    """Does tasks until there are no more."""
    tasks: dict[str, Callable[..., Any]] = {"times": times, "memory": memory}
    for line in sys.stdin:
        task = json.loads(line)
        reply = tasks[task.pop("kind")](**task)
        print(MARK + json.dumps(reply), flush=True)


def times(
    workload: str,
    unit: str,
    contenders: list[str],
    modes: list[str],
    repeats: int,
    patience: float,
    jit: bool,
    numbers: str = "float32",
) -> dict[str, Any]:
    """Measures all contenders of a row, and the matrix product that sets its floor.

    Args:
        workload: The sizes, by name.
        unit: The recurrent unit.
        contenders: Who takes part.
        modes: `training`, `inference` or both.
        repeats: How many rounds are kept.
        patience: A contender whose second step takes more seconds has no third.
        jit: Whether Keras is to compile with XLA.
        numbers: The type of the numbers.
    """
    import keras

    from benchmarks import peers

    keras.utils.clear_session()
    batch = peers.Batch(Workload.parse(workload))
    built = {name: peers.build(name, unit, batch, jit, numbers) for name in contenders}
    reply: dict[str, Any] = {
        "device": peers.device(),
        "card": peers.card(),
        "modes": {},
    }
    with loops_taken() as loops:
        for mode in modes:
            steps = {name: contender[mode] for name, contender in built.items()}
            if mode == "training":
                steps["matrix product"] = peers.matrix_product(numbers)
            reply["modes"][mode] = take_turns(steps, repeats, patience)
    return {**reply, "path": ", ".join(loops)}


@contextmanager
def loops_taken() -> Iterator[dict[str, None]]:
    """The names of the loops that calls take meanwhile, each once.

    A layer knows the loop of its equations, but not whether its sizes are left to
    another.
    """
    sequences: Any = import_module("keras_gated.recurrence.sequences")
    names: dict[str, None] = {}
    choose = sequences.loop_for

    def noted(*arguments: Any) -> Any:
        loop = choose(*arguments)
        names[loop.name] = None
        return loop

    sequences.loop_for = noted
    try:
        yield names
    finally:
        sequences.loop_for = choose


def take_turns(steps: dict[str, Step], repeats: int, patience: float) -> dict[str, Any]:
    """Measures steps in turns, so that a change in the machine's speed meets all.

    Two rounds warm up. Of each step comes back the first time in seconds, the times
    in milliseconds, and whether the patience ended after one.
    """
    gc.collect()
    first = {name: seconds(step) for name, step in steps.items()}
    second = {name: seconds(step) for name, step in steps.items()}
    slow = {name for name, taken in second.items() if taken > patience}
    kept = {name: [second[name]] if name in slow else [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            if name in slow:
                continue
            if second[name] < LONG_S:
                settle(step)
            kept[name].append(seconds(step))
    return {
        name: {
            "first_s": first[name],
            "times_ms": [1e3 * taken for taken in kept[name]],
            "measured_once": name in slow,
        }
        for name in steps
    }


def settle(step: Step) -> None:
    """Clears away what the contender before has left, with a step not counted.

    Its threads wait for work in a loop before they sleep, and the caches hold its
    numbers. Without this, who followed the matrix product took twice as long for a
    step of a millisecond.
    """
    time.sleep(PAUSE_S)
    step()


def seconds(step: Step) -> float:
    """How long a step takes."""
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


def memory(
    workload: str, unit: str, contender: str, jit: bool, numbers: str = "float32"
) -> dict[str, float]:
    """By how many MB the peak memory grows in the first step of this process.

    On a GPU that of its own memory.
    """
    from benchmarks import peers

    batch = peers.Batch(Workload.parse(workload))
    step = peers.build(contender, unit, batch, jit, numbers)["training"]
    gc.collect()
    if peers.device() == "gpu":
        return {"peak_mb": card_memory(step) / 1e6}
    forget_peak()
    before = peak_bytes()
    step()
    return {"peak_mb": (peak_bytes() - before) / 1e6}


def card_memory(step: Step) -> int:
    """By how many bytes the peak memory of the backend on its GPU grows in a step."""
    import keras

    match keras.backend.backend():
        case "jax":
            import jax

            (device,) = jax.devices()[:1]
            before = device.memory_stats()["bytes_in_use"]
            step()
            return int(device.memory_stats()["peak_bytes_in_use"] - before)
        case "torch":
            import torch

            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            step()
            return int(torch.cuda.max_memory_allocated() - before)
    import tensorflow as tf

    tf.config.experimental.reset_memory_stats("GPU:0")
    before = tf.config.experimental.get_memory_info("GPU:0")["current"]
    step()
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"] - before)


PROC = Path("/proc/self")


def forget_peak() -> None:
    """Makes the peak what is used now, where the system can; loading has its own."""
    if PROC.exists():
        (PROC / "clear_refs").write_text("5")


def peak_bytes() -> int:
    """The most memory that was resident in this process."""
    if PROC.exists():
        # The `ru_maxrss` of Linux begins with that of the process that started us.
        for line in (PROC / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


if __name__ == "__main__":
    main()
