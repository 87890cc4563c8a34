"""Times a training step of our recurrent layers beside that of Keras' own.

    python benchmarks/layers.py --backend all

Each backend runs in a process of its own. Ours and theirs take turns within one run,
so that a change in the speed of the machine meets both; what counts is the ratio of
the medians. The step is the whole of `train_on_batch`: forward, backward, update.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import Any

BACKENDS = ("jax", "tensorflow", "torch")

WORKLOADS = {
    "16x64x88->36": (16, 64, 88, 36),
    "8x800x88->36": (8, 800, 88, 36),
    "32x500x20->195": (32, 500, 20, 195),
}
"""Batch x time x features -> units; the last two are those of Chung et al."""

MARK = "RESULT "


def main() -> None:
    """Runs the chosen backends one after the other and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", choices=("all", *BACKENDS), default="all")
    parser.add_argument(
        "--workload", nargs="+", choices=tuple(WORKLOADS), default=list(WORKLOADS)
    )
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        for result in measure(options.workload, options.repeats):
            print(MARK + json.dumps(result), flush=True)
        return
    print("| backend | BxTxD->H | layer | ours, ms | Keras, ms | Keras / ours |")
    print("|---|---|---|---|---|---|")
    for backend in BACKENDS if options.backend == "all" else (options.backend,):
        for result in run_worker(backend, options.workload, options.repeats):
            print(row(backend, result), flush=True)


def run_worker(backend: str, workloads: list[str], repeats: int) -> Any:
    """Yields the results of one backend as they come."""
    command = [sys.executable, __file__, "--worker", "--repeats", str(repeats)]
    with subprocess.Popen(
        [*command, "--workload", *workloads],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(MARK):
                yield json.loads(line.removeprefix(MARK))
    if process.returncode:
        raise SystemExit(f"The benchmark on {backend} ended with {process.returncode}.")


def measure(workloads: list[str], repeats: int) -> Any:
    """Yields the times of both layers of every pair, in milliseconds."""
    import keras
    import numpy as np

    from keras_gated import layers

    pairs = {
        "LSTM (ours with peepholes)": (
            lambda units: layers.PeepholeLSTM(units, return_sequences=True),
            lambda units: keras.layers.LSTM(units, return_sequences=True),
        ),
        "GRU, reset before": (
            lambda units: layers.GRU(units, return_sequences=True),
            lambda units: keras.layers.GRU(
                units, return_sequences=True, reset_after=False
            ),
        ),
        "tanh": (
            lambda units: layers.SimpleRNN(units, return_sequences=True),
            lambda units: keras.layers.SimpleRNN(units, return_sequences=True),
        ),
    }
    for workload in workloads:
        batch, steps, features, units = WORKLOADS[workload]
        rng = np.random.default_rng(0)
        x = rng.normal(size=(batch, steps, features)).astype("float32")
        y = rng.normal(size=(batch, steps, units)).astype("float32")
        for name, makers in pairs.items():
            models = [compiled(make(units), features) for make in makers]
            times: list[list[float]] = [[], []]
            for repeat in range(-2, repeats):
                for model, found in zip(models, times, strict=True):
                    begin = time.perf_counter()
                    model.train_on_batch(x, y)
                    if repeat >= 0:
                        found.append(1e3 * (time.perf_counter() - begin))
            yield {"workload": workload, "layer": name, "times": times}


def compiled(layer: Any, features: int) -> Any:
    """A model of one layer; XLA where the backend has it."""
    import keras

    model = keras.Sequential([keras.Input((None, features)), layer])
    model.compile("sgd", "mse", jit_compile=keras.backend.backend() != "torch")
    return model


def row(backend: str, result: dict[str, Any]) -> str:
    """A row of the table: medians with the quartiles around them, and their ratio."""
    ours, theirs = result["times"]
    cells = (
        backend,
        result["workload"],
        result["layer"],
        with_spread(ours),
        with_spread(theirs),
        f"{median(theirs) / median(ours):.2f}",
    )
    return "| " + " | ".join(cells) + " |"


def with_spread(times: list[float]) -> str:
    """The median and the quartiles."""
    low, middle, high = quantiles(times, n=4)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    main()
