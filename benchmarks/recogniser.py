"""Times a recogniser of phones: training beside plain Keras, and listening.

    python benchmarks/recogniser.py --backend jax

Three layers of recurrent units and a dense layer read frames of 40 bands. Plain Keras
is the script that a user of `keras.layers` and `keras.losses` would write; both take
turns, an update each. Listening is all that makes a symbol of samples, 10 ms of sound
at a time.
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
from benchmarks.workloads import BACKENDS, Step

BANDS, LAYERS = 40, 3
OBJECTIVES = ("frames", "ctc")
SAMPLE_RATE = 16_000


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument("--backend", choices=BACKENDS, default="jax")
    parser.add_argument("--units", nargs="+", default=["gru", "lstm"])
    parser.add_argument("--size", type=int, default=128, help="units of a layer")
    parser.add_argument(
        "--objectives", nargs="+", choices=OBJECTIVES, default=list(OBJECTIVES)
    )
    parser.add_argument("--batch", type=int, default=16, help="sentences of an update")
    parser.add_argument("--frames", type=int, default=400, help="of a sentence")
    parser.add_argument("--classes", type=int, default=41, help="of a frame")
    parser.add_argument("--repeats", type=int, default=5, help="updates of each")
    options = parser.parse_args()
    # Read when Keras is imported.
    os.environ["KERAS_BACKEND"] = options.backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print("| backend | unit | trained for | ours, ms | keras, ms | keras / ours |")
    print("|---|---|---|---|---|---|")
    for unit in options.units:
        for objective in options.objectives:
            medians = measure(updates(unit, objective, options), options.repeats)
            cells = [f"{medians[name]:.0f}" for name in ("ours", "keras")]
            ratio = medians["keras"] / medians["ours"]
            row = (options.backend, unit, objective, *cells, f"{ratio:.1f}")
            print(f"| {' | '.join(row)} |", flush=True)
    for unit in options.units:
        milliseconds = listening(unit, options)
        print(f"{unit}: {milliseconds:.2f} ms to listen to 10 ms")


def measure(contenders: dict[str, Step], repeats: int) -> dict[str, float]:
    """The median of milliseconds of each, which take turns."""
    for step in contenders.values():
        step()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, step in contenders.items():
            begin = time.perf_counter()
            step()
            taken[name].append(1000 * (time.perf_counter() - begin))
    return {name: statistics.median(times) for name, times in taken.items()}


def updates(unit: str, objective: str, options: argparse.Namespace) -> dict[str, Step]:
    """An update of each model, on the same numbers."""
    import keras
    import numpy as np

    from keras_gated.layers import SymbolHead
    from keras_gated.losses import CTCLoss, SymbolNLL
    from keras_gated.models import sequence_model

    rng = np.random.default_rng(0)
    shape = (options.batch, options.frames)
    x = rng.normal(size=(*shape, BANDS)).astype("float32")
    is_ctc = objective == "ctc"
    most = max(1, options.frames // 7)
    y = rng.integers(1, options.classes, (options.batch, most) if is_ctc else shape)
    head = SymbolHead(options.classes)
    ours = sequence_model(unit, options.size, head, BANDS, num_layers=LAYERS)
    ours.compile("adam", CTCLoss() if is_ctc else SymbolNLL(), jit_compile=_jit())
    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}.get(
        unit, keras.layers.SimpleRNN
    )
    arguments = {"reset_after": False} if unit == "gru" else {}
    plain = keras.Sequential(
        [
            keras.Input((None, BANDS)),
            *(
                layer(options.size, return_sequences=True, **arguments)
                for _ in range(LAYERS)
            ),
            keras.layers.Dense(options.classes),
        ]
    )
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    plain.compile("adam", keras.losses.CTC() if is_ctc else theirs, jit_compile=_jit())
    return {
        "ours": lambda: float(ours.train_on_batch(x, y)),
        "keras": lambda: float(plain.train_on_batch(x, y)),
    }


def _jit() -> bool:
    import keras

    return bool(keras.backend.backend() != "torch")


def listening(unit: str, options: argparse.Namespace) -> float:
    """The median of milliseconds to turn 10 ms of sound into a symbol or none."""
    import numpy as np

    from keras_gated.datasets.phones import LogMelStream
    from keras_gated.decoding import GreedyStream
    from keras_gated.layers import SymbolHead
    from keras_gated.models import sequence_model
    from keras_gated.streaming import ModelStream

    head = SymbolHead(options.classes)
    model: Any = sequence_model(unit, options.size, head, BANDS, num_layers=LAYERS)
    features, stream = LogMelStream(SAMPLE_RATE), ModelStream(model)
    reader = GreedyStream()
    sound = np.random.default_rng(0).normal(scale=0.1, size=5 * SAMPLE_RATE)
    taken = []
    for start in range(0, len(sound), SAMPLE_RATE // 100):
        piece = sound[start : start + SAMPLE_RATE // 100]
        begin = time.perf_counter()
        for frame in features.push(piece):
            reader.step(stream.step(frame / 50))
        taken.append(1000 * (time.perf_counter() - begin))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
