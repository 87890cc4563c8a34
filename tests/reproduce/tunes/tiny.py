"""Tunes and trials so small that they are trained in seconds."""

import keras
import numpy as np

from keras_gated.datasets.tunes import Tune, TuneDataset
from reproduce.record import Record
from reproduce.studies.tunes.data import tune_task
from reproduce.studies.tunes.sizes import units_for
from reproduce.studies.tunes.trial import Trial

HEADERS = [("2/4", "Dmaj"), ("2/4", "Gmaj"), ("3/4", "Dmaj")]
LETTERS = "DEFGABcdef"


def tune_of(number):
    """A tune of two parts of four bars, which wanders over the scale."""
    generator = np.random.default_rng(number)
    meter, key = HEADERS[number % len(HEADERS)]
    eighths = {"2/4": 4, "3/4": 6}[meter]
    place, parts = 3, []
    for _ in range(2):
        for bar in range(4):
            for _ in range(eighths // 2):
                place = int(np.clip(place + generator.integers(-2, 3), 0, 9))
                parts += [LETTERS[place], "2"]
            parts.append(":|" if bar == 3 else "|")
    return Tune((f"M:{meter}", f"K:{key}", *parts), title=f"Tune {number}")


def data_of(train=24, valid=6, test=6, **changes):
    counts = {"train": train, "valid": valid, "test": test}
    numbers = iter(range(100))
    return TuneDataset(
        name="made up",
        **{
            name: [tune_of(next(numbers)) for _ in range(n)]
            for name, n in counts.items()
        },
        **{"refusals": [], "families": 36, "source": "made up", "fingerprint": "abc"}
        | changes,
    )


DATA = data_of()


def task_of(kind="tokens"):
    return tune_task(DATA, kind)


def trial_of(task, unit="gru", epochs=2, row=6, **changes):
    settings = {
        "dataset": "nottingham",
        "candidate": 0,
        "seed": 0,
        "backend": keras.backend.backend(),
        "max_epochs": epochs,
        "patience": epochs,
        "layers": 2,
        "row": row,
        "dropout": 0.1,
        "learning_rate": 1e-2,
        "samples": 8,
        "temperature": 0.9,
        "top_p": 0.8,
        **task.identity,
        **changes,
    }
    units = units_for(unit, settings["layers"], row, task.input_size)
    return Trial(unit=unit, units=units, **settings)


def record_of(trial, test=2.0, valid=2.0):
    """A record with made-up nats."""
    scores = {"valid": {"pooled": valid}, "test": {"pooled": test}}
    return Record(
        trial=trial,
        data_source="made up",
        versions={},
        parameters={"recurrent": 1, "total": 2},
        history={"seconds": [1.0]},
        best_epoch=1,
        scores={"nll": scores, "per_note": scores, "per_tune": scores},
        seconds=1.0,
    )
