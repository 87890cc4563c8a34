"""Times one step for one sequence, the states being carried from step to step.

    python benchmarks/streaming.py --backend jax

All take turns, a hundred steps each; shown are the medians of microseconds a step. Each
takes its step as an array of NumPy and gives its output as one, and so does the floor,
which makes the two products of a step with NumPy and nothing else.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.workloads import BACKENDS, GATES, Step

STEPS = 100


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument("--backend", choices=BACKENDS, default="jax")
    parser.add_argument("--sizes", nargs="+", default=["88->36", "20->195", "256->512"])
    parser.add_argument("--repeats", type=int, default=25, help="rounds")
    options = parser.parse_args()
    # Read when Keras is imported.
    os.environ["KERAS_BACKEND"] = options.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    names = ("ours", "keras", "torch.nn", "floor", "keras / ours", "torch.nn / ours")
    print(f"| {options.backend} | unit | {' | '.join(names)} |")
    print("|" + "---|" * (2 + len(names)))
    for size in options.sizes:
        features, units = map(int, size.split("->"))
        for unit in ("lstm", "gru_after", "tanh"):
            medians = measure(steps(unit, features, units), options.repeats)
            ratios = [medians[name] / medians["ours"] for name in names[1:3]]
            cells = [f"{medians[name]:.1f}" for name in names[:4]]
            cells += [f"{ratio:.1f}" for ratio in ratios]
            print(f"| {size} | {unit} | {' | '.join(cells)} |", flush=True)


def measure(contenders: dict[str, Step], repeats: int) -> dict[str, float]:
    """The median of microseconds a step of each."""
    for step in contenders.values():
        step()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, step in contenders.items():
            begin = time.perf_counter()
            for _ in range(STEPS):
                step()
            taken[name].append(1e6 * (time.perf_counter() - begin) / STEPS)
    return {name: statistics.median(times) for name, times in taken.items()}


def steps(unit: str, features: int, units: int) -> dict[str, Step]:
    """A step of each, on the same numbers."""
    import numpy as np

    x = np.random.default_rng(0).normal(size=(1, features)).astype("float32")
    return {
        "ours": ours(unit, units, x),
        "keras": of_keras(unit, units, x),
        "torch.nn": of_torch(unit, units, x),
        "floor": floor(unit, units, x),
    }


def ours(unit: str, units: int, x: Any) -> Step:
    """A stream."""
    from benchmarks.peers import OURS
    from keras_gated.streaming import Stream

    layer = OURS[unit](units)
    layer.build((None, None, x.shape[-1]))
    stream = Stream(layer)
    return lambda: stream.step(x[0])


def of_keras(unit: str, units: int, x: Any) -> Step:
    """A stateful model that is asked for one step."""
    import keras

    from benchmarks.peers import KERAS

    layer = KERAS[unit](units)
    layer.stateful = True
    model = keras.Sequential([keras.Input((1, x.shape[-1]), batch_size=1), layer])
    model.compile(jit_compile=keras.backend.backend() != "torch")
    return lambda: model.predict_on_batch(x[:, None])[0, 0]


def of_torch(unit: str, units: int, x: Any) -> Step:
    """A cell of PyTorch."""
    import torch

    from benchmarks.peers import TORCH

    cell = getattr(torch.nn, f"{TORCH[unit]}Cell")(x.shape[-1], units)
    states: Any = None

    def step() -> Any:
        nonlocal states
        with torch.inference_mode():
            states = cell(torch.from_numpy(x), states)
            return (states[0] if unit == "lstm" else states).numpy()[0]

    return step


def floor(unit: str, units: int, x: Any) -> Step:
    """The products of a step."""
    import numpy as np

    columns = GATES[unit] * units
    kernel = np.ones((x.shape[-1], columns), np.float32)
    recurrent_kernel, h = np.ones((units, columns), np.float32), np.ones((1, units))
    h = h.astype(np.float32)
    return lambda: (x @ kernel, h @ recurrent_kernel)


if __name__ == "__main__":
    main()
