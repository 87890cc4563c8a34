"""Measures memory against time, one CPU device against two, C++ against the backend.

    python benchmarks/trade_offs.py checkpoints --backend jax
    python benchmarks/trade_offs.py lengths --backend torch
    python benchmarks/trade_offs.py devices
    python benchmarks/trade_offs.py native --workload "4x100x64->512" --backend torch

Every contender is a process of its own, since a process has one peak of memory and one
number of devices. They take turns, a training step each.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.workloads import BACKENDS, Workload

SPEECH = "32x{}x20->195"
"""The shape of the paper's model of speech, for sequences of some length."""

WORKLOADS = {
    "checkpoints": SPEECH.format(8000),
    "lengths": "4x100000x20->195",
    "devices": SPEECH.format(500),
    "native": SPEECH.format(500),
}
"""The comparisons, each with what is trained if nothing else is asked for."""


@dataclass(frozen=True)
class Contender:
    """One way to train a peephole LSTM."""

    name: str
    backend: str
    workload: str
    checkpoint_steps: int | None = None
    devices: int = 1
    native: bool = True


def contenders(options: argparse.Namespace) -> list[Contender]:
    """What the chosen comparison compares."""
    if options.comparison == "devices":
        return [
            Contender(
                f"{n} CPU device{'s' * (n > 1)}", "jax", options.workload, devices=n
            )
            for n in (1, 2)
        ]
    backend, workload = options.backend, options.workload
    if options.comparison == "native":
        return [
            Contender("in C++", backend, workload),
            Contender("the backend's loop", backend, workload, native=False),
        ]
    if options.comparison == "lengths":
        sizes = Workload.parse(workload)
        return [
            Contender(
                f"{steps} steps, checkpoints every 500",
                backend,
                replace(sizes, steps=steps).name,
                checkpoint_steps=500,
            )
            for steps in (
                sizes.steps // 8,
                sizes.steps // 4,
                sizes.steps // 2,
                sizes.steps,
            )
        ]
    return [
        Contender(str(n), backend, workload, checkpoint_steps=n)
        for n in (None, 1000, 250, 90, 25)
    ]


def main() -> None:
    """Starts the contenders, lets them take turns and prints a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=Help
    )
    parser.add_argument("comparison", choices=WORKLOADS, help="what to compare")
    parser.add_argument(
        "--backend", choices=BACKENDS, default="jax", help="backend of Keras"
    )
    parser.add_argument(
        "--workload",
        help='such as "32x500x20->195", else that of the comparison',
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="rounds, besides two to warm up"
    )
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(Contender(**json.loads(options.worker)))
        return
    options.workload = options.workload or WORKLOADS[options.comparison]
    chosen = contenders(options)
    workers = [start(contender) for contender in chosen]
    rounds = [[turn(w) for w in workers] for _ in range(options.repeats + 2)][2:]
    print(f"| {options.comparison} | ms a training step (all) | to first | peak MB |")
    print("|---|---|---|---|")
    first = median(answer["ms"] for answer, *_ in rounds)
    for contender, answers in zip(chosen, zip(*rounds, strict=True), strict=True):
        times = sorted(answer["ms"] for answer in answers)
        spread = f"{median(times):.4g} ({times[0]:.4g} to {times[-1]:.4g})"
        ratio, peak = median(times) / first, answers[-1]["peak"]
        print(f"| {contender.name} | {spread} | {ratio:.2f} | {peak:.0f} |")
    losses = [answer["loss"] for answer in rounds[-1]]
    print(f"\nLoss after {options.repeats + 2} steps: {losses}")
    for worker in workers:
        pipe(worker.stdin).close()
        worker.wait()


def start(contender: Contender) -> "subprocess.Popen[str]":
    """Starts the process of a contender."""
    flags = f"--xla_force_host_platform_device_count={contender.devices}"
    return subprocess.Popen(
        [
            sys.executable,
            __file__,
            "devices",
            "--worker",
            json.dumps(asdict(contender)),
        ],
        env={
            **os.environ,
            "KERAS_BACKEND": contender.backend,
            "KERAS_GATED_NATIVE": str(int(contender.native)),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "XLA_FLAGS": flags if contender.devices > 1 else "",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def turn(worker: "subprocess.Popen[str]") -> dict[str, float]:
    """One training step of a contender."""
    pipe(worker.stdin).write("step\n")
    pipe(worker.stdin).flush()
    line = pipe(worker.stdout).readline()
    if not line:
        raise SystemExit(f"A contender ended with exit code {worker.wait()}.")
    return json.loads(line)


def pipe(stream: IO[str] | None) -> IO[str]:
    """The stream, which is there, since it was asked for."""
    assert stream is not None
    return stream


def work(contender: Contender) -> None:
    """Does a training step for each line that comes in."""
    import resource

    import keras
    import numpy as np

    from keras_gated.layers import PeepholeLSTM

    keras.utils.set_random_seed(0)
    if contender.devices > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    rng = np.random.default_rng(0)
    sizes = Workload.parse(contender.workload)
    shape = (sizes.batch, sizes.steps)
    x = rng.normal(size=(*shape, sizes.features)).astype("float32")
    y = rng.normal(size=(*shape, sizes.units)).astype("float32")
    layer = PeepholeLSTM(
        sizes.units, return_sequences=True, checkpoint_steps=contender.checkpoint_steps
    )
    model = keras.Sequential([keras.Input((sizes.steps, sizes.features)), layer])
    model.compile("sgd", "mse", jit_compile=contender.backend != "torch")
    for _ in sys.stdin:
        begin = time.perf_counter()
        loss: Any = model.train_on_batch(x, y)
        answer = {
            "ms": 1e3 * (time.perf_counter() - begin),
            "loss": float(loss),
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
