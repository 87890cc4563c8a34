"""Times models of text: updates with carried states, and symbols drawn.

    python benchmarks/text.py --backend jax

Ours beside a script with Keras alone, on the sizes of Karpathy et al. 2015 for War and
Peace: 100 streams, windows of 100 steps, 87 symbols. All take turns; shown are medians.
An update is one of `fit`, with RMSProp and elements of the gradient clipped to 5. A
symbol is drawn at temperature 0.8, for one sequence: with Keras in the usual loop, a
stateful model for one step that is asked with `predict_on_batch`.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.workloads import BACKENDS

STREAMS, WINDOW, SYMBOLS, WINDOWS = 100, 100, 87, 4
TEMPERATURE = 0.8

Work = Callable[[int], object]
"""Does as many updates, or draws as many symbols."""


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument("--backend", choices=BACKENDS, default="jax")
    parser.add_argument("--models", nargs="+", default=["1x128", "2x128"])
    parser.add_argument("--repeats", type=int, default=7, help="rounds")
    parser.add_argument(
        "--only", choices=("updates", "symbols"), help="one of the two; both without"
    )
    options = parser.parse_args()
    # Read when Keras is imported.
    os.environ["KERAS_BACKEND"] = options.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print(f"| {options.backend} | LSTM | ours | keras | keras / ours |")
    print("|---|---|---|---|---|")
    for size in options.models:
        layers, units = map(int, size.split("x"))
        if options.only != "symbols":
            work = {"ours": ours(layers, units), "keras": of_keras(layers, units)}
            found = measure(work, WINDOWS, options.repeats)
            report("ms an update", size, {n: 1e3 * t for n, t in found.items()})
        if options.only != "updates":
            for top_p in (1.0, 0.9):
                work = {
                    "ours": our_symbols(layers, units, top_p),
                    "keras": symbols_of_keras(layers, units, top_p),
                }
                found = measure(work, 100, options.repeats)
                name = "us a symbol" + f", top-p {top_p}" * (top_p < 1)
                report(name, size, {n: 1e6 * t for n, t in found.items()})


def report(what: str, size: str, found: dict[str, float]) -> None:
    """Prints a row of the table."""
    cells = [f"{found[name]:.1f}" for name in ("ours", "keras")]
    cells.append(f"{found['keras'] / found['ours']:.2f}")
    print(f"| {what} | {size} | {' | '.join(cells)} |", flush=True)


def measure(contenders: dict[str, Work], count: int, repeats: int) -> dict[str, float]:
    """The median of seconds that each takes for one."""
    for work in contenders.values():
        work(count)
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, work in contenders.items():
            begin = time.perf_counter()
            work(count)
            taken[name].append((time.perf_counter() - begin) / count)
    return {name: statistics.median(times) for name, times in taken.items()}


def streams() -> Any:
    """Symbols at random: their order changes nothing about the time."""
    import numpy as np

    shape = (STREAMS, WINDOWS * WINDOW + 1)
    return np.random.default_rng(0).integers(0, SYMBOLS, shape).astype("int32")


def optimizer() -> Any:
    """The optimizer of both."""
    import keras

    return keras.optimizers.RMSprop(2e-3, rho=0.95, clipvalue=5.0)


def ours(layers: int, units: int) -> Work:
    """Updates as the documentation has them."""
    import keras

    from keras_gated.callbacks import ResetStates
    from keras_gated.datasets import StreamBatches
    from keras_gated.losses import SymbolNLL
    from keras_gated.training import scan_steps

    model = our_model(layers, units, stateful=True, batch_size=STREAMS)
    steps = 1 if keras.backend.backend() == "torch" else WINDOWS
    model.compile(optimizer(), SymbolNLL(), steps_per_execution=steps)
    scan_steps(model)
    batches = StreamBatches(streams(), WINDOW)
    settings: Any = {"shuffle": False, "verbose": 0, "callbacks": [ResetStates()]}
    return lambda _: model.fit(batches, **settings)


def our_model(layers: int, units: int, **arguments: Any) -> Any:
    """An LSTM without peepholes, as that of Keras."""
    from keras_gated.layers import SymbolHead
    from keras_gated.models import sequence_model

    return sequence_model(
        "lstm",
        units,
        SymbolHead(SYMBOLS),
        SYMBOLS,
        num_layers=layers,
        one_hot=True,
        use_peepholes=False,
        **arguments,
    )


def of_keras(layers: int, units: int) -> Work:
    """Updates of a plain model; on JAX it carries no states, which takes no time."""
    import keras
    import numpy as np

    model = keras_model(layers, units, STREAMS)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer(), loss, jit_compile=keras.backend.backend() != "torch")
    data = streams()
    windows, targets = (
        np.concatenate(np.split(part, WINDOWS, axis=1))
        for part in (data[:, :-1], data[:, 1:])
    )
    settings: Any = {"batch_size": STREAMS, "shuffle": False, "verbose": 0}
    return lambda _: model.fit(windows, targets, **settings)


def keras_model(layers: int, units: int, batch_size: int) -> Any:
    """One-hot vectors, layers, logits."""
    import keras

    inputs = keras.Input(batch_shape=(batch_size, None), dtype="int32")
    x = keras.layers.Lambda(
        lambda symbols: keras.ops.one_hot(symbols, SYMBOLS),
        output_shape=(None, SYMBOLS),
    )(inputs)
    for _ in range(layers):
        x = keras.layers.LSTM(units, return_sequences=True, stateful=True)(x)
    return keras.Model(inputs, keras.layers.Dense(SYMBOLS)(x))


def our_symbols(layers: int, units: int, top_p: float) -> Work:
    """Symbols of an iterator that goes on for ever."""
    from itertools import islice

    from keras_gated.generation import generate_symbols

    model = our_model(layers, units)
    drawn = generate_symbols(model, [0], temperature=TEMPERATURE, top_p=top_p, seed=0)
    return lambda count: list(islice(drawn, count))


def symbols_of_keras(layers: int, units: int, top_p: float) -> Work:
    """Symbols of a loop over a model that is asked for one step."""
    import keras
    import numpy as np

    model = keras_model(layers, units, 1)
    model.compile(jit_compile=keras.backend.backend() != "torch")
    rng = np.random.default_rng(0)

    def draw(count: int) -> None:
        symbol = 0
        for _ in range(count):
            logits = model.predict_on_batch(np.array([[symbol]], "int32"))[0, 0]
            p = np.exp((logits - logits.max()) / TEMPERATURE).astype("float64")
            order = np.argsort(-p)
            p /= p.sum()
            p[order[np.searchsorted(np.cumsum(p[order]), top_p) + 1 :]] = 0
            symbol = rng.choice(SYMBOLS, p=p / p.sum())

    return draw


if __name__ == "__main__":
    main()
