"""What is kept of the measurements: every time, and what follows from them."""

import datetime
import math
import os
import platform
from importlib import metadata
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any

from benchmarks.workloads import PRODUCT, Workload

RATIOS = {
    "keras/ours": ("keras", "ours"),
    "ours/torch.nn": ("ours", "torch.nn"),
    "masked/unmasked": ("ours, masked", "ours"),
    "keras/ours, masked": ("keras, masked", "ours, masked"),
}

LIBRARIES = (
    "keras",
    "keras-nightly",
    "jax",
    "tensorflow",
    "tensorflow-cpu",
    "torch",
    "triton",
    "numpy",
)

Row = dict[str, Any]


def make_row(
    backend: str,
    workload: Workload,
    unit: str,
    jit: bool,
    reply: dict[str, Any],
    peaks: dict[str, float],
    numbers: str = "float32",
) -> Row:
    """One row of the results, of what the workers replied.

    Args:
        backend: Where it was measured.
        workload: The sizes.
        unit: The recurrent unit.
        jit: Whether Keras compiled with XLA.
        reply: The times, as `benchmarks.worker.times` gives them.
        peaks: By how much each contender's memory grew, in MB; may be empty.
        numbers: The type of the numbers.
    """
    modes = {
        mode: {name: summary(timing) for name, timing in timings.items()}
        for mode, timings in reply["modes"].items()
    }
    product = modes["training"].pop("matrix product")
    flops_per_ms = 2 * PRODUCT[reply["device"]] ** 3 / product["median_ms"]
    flops = workload.training_flops(unit)
    return {
        "backend": backend,
        "device": reply["device"],
        "card": reply["card"],
        "numbers": numbers,
        "jit_compile": jit,
        "workload": workload.name,
        "unit": unit,
        "path": reply["path"],
        "modes": modes,
        "ratios": {mode: ratios(timings) for mode, timings in modes.items()},
        "peak_mb": peaks,
        "floor": {
            "floor_ms": flops / flops_per_ms,
            "flops": flops,
            "gflops_per_s": flops_per_ms / 1e6,
            "matrix_product": product,
        },
    }


def summary(timing: dict[str, Any]) -> dict[str, Any]:
    """Times with their median and quartiles."""
    times = timing["times_ms"]
    # Of the only one there is, all three are the same.
    several = times * 2 if len(times) == 1 else times
    low, middle, high = quantiles(several, n=4, method="inclusive")
    return {"median_ms": middle, "low_ms": low, "high_ms": high, **timing}


def ratios(timings: dict[str, Any]) -> dict[str, float]:
    """The quotients of the medians of those who took part."""
    return {
        name: timings[above]["median_ms"] / timings[below]["median_ms"]
        for name, (above, below) in RATIOS.items()
        if above in timings and below in timings
    }


def make_growth(
    backend: str, dimension: str, sizes: list[int], timings: list[dict[str, Any]]
) -> dict[str, Any]:
    """The times of a training step along one dimension, and the exponent they follow.

    The exponent is the slope of the logarithm of the time over that of the size.
    """
    points = [summary(timing) for timing in timings]
    line = linear_regression(
        [math.log(size) for size in sizes],
        [math.log(point["median_ms"]) for point in points],
    )
    return {
        "backend": backend,
        "dimension": dimension,
        "sizes": sizes,
        "points": points,
        "exponent": line.slope,
    }


def about(repeats: int, patience: float) -> dict[str, Any]:
    """The machine, the libraries and the settings of a run."""
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "cores": cores(),
        "load": load(),
        "python": platform.python_version(),
        "libraries": dict(installed()),
        "repeats": repeats,
        "patience_s": patience,
    }


def processor() -> str:
    """The name of the processor."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> float | None:
    """How many programs wanted a core in the last minute, where the system tells."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def installed() -> list[tuple[str, str]]:
    """The libraries that are there, with their versions."""
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return found
