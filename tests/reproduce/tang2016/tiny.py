"""Made-up speech and models so small that they are trained in seconds."""

import keras
import numpy as np

from keras_gated.datasets.phones import PhoneDataset, Utterance
from reproduce.studies.tang2016.data import speech_task
from reproduce.studies.tang2016.sizes import units_for
from reproduce.studies.tang2016.trial import Trial

NAMES = ("aa", "ih", "pau", "s")
BANDS = 4


def speech(sizes=(24, 6, 6), seed=0):
    """Sentences in which each phone is loud in a band of its own."""
    rng = np.random.default_rng(seed)

    def utterance(number):
        phones = np.repeat(
            *np.array([(p, rng.integers(4, 9)) for p in rng.permutation(12) % 4]).T
        )
        frames = 10 + 30 * np.eye(BANDS)[phones] + rng.normal(size=(len(phones), BANDS))
        frames = np.round(2 * frames).astype("float32") / 2
        return Utterance(frames, phones.astype("uint8"), "me", f"Sentence {number}.")

    splits = [[utterance(number) for number in range(size)] for size in sizes]
    return PhoneDataset(
        name="flite",
        train=splits[0],
        valid=splits[1],
        test=splits[2],
        phone_names=NAMES,
        voice_names=("me",),
        frames_per_second=100,
        source="made up",
        fingerprint="made up",
    )


def task_of(objective="frames", **settings):
    return speech_task(speech(**settings), objective)


def trial_of(task, unit="gru", **changes):
    settings = {
        "dataset": f"flite_{task.objective}",
        "candidate": 0,
        "seed": 0,
        "backend": keras.backend.backend(),
        "max_epochs": 1,
        "patience": 9,
        "layers": 2,
        "units": units_for(unit, 8, 2, 1, task.input_size, task.output_size),
        "direction": "forward",
        "shortcuts": False,
        "learning_rate": 2e-2,
        "dropout": 0.1,
        **task.identity,
        **changes,
    }
    return Trial(unit=unit, **settings)
