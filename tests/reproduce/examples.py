"""Trials, records and data to test with, far smaller than the real ones."""

from dataclasses import replace

import numpy as np

from keras_gated.datasets.music import MusicDataset
from keras_gated.layers import MDNHead
from keras_gated.losses import MixtureNLL
from reproduce.music import music_task
from reproduce.record import Record
from reproduce.studies.chung2014.recipe import Recipe
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task

TRIAL = Trial(
    protocol="paper",
    arm="table1",
    dataset="jsb_chorales",
    data="canonical",
    data_fingerprint="made up",
    encoding="piano",
    unit="gru",
    units=5,
    candidate=3,
    learning_rate=1e-2,
    seed=0,
    backend="jax",
    max_epochs=6,
    patience=6,
)


def trial(recipe=None, **changes):
    """`TRIAL` with other settings, those of its recipe among them."""
    return replace(TRIAL, recipe=replace(Recipe(), **recipe or {}), **changes)


def record_of(trial, valid=8.0, **changes):
    """What a trial leaves behind, with made-up numbers."""
    averages = {"pooled": valid, "per_sequence": valid}
    scores = dict.fromkeys(("train", "valid", "test"), averages)
    record = Record(
        trial=trial,
        data_source="made up",
        versions={"keras": "3"},
        parameters={"recurrent": 100, "total": 200},
        history={
            "train_nll_with_noise": [9.0, 8.5, 8.2],
            "valid_nll": [9.5, 8.7, valid],
            "seconds": [2.0, 0.5, 0.5],
            "updates": [6.0, 6.0, 6.0],
            "gradient_norm": [1.0, 0.5, 0.5],
            "clipped_share": [0.5, 0.0, 0.0],
        },
        best_epoch=3,
        scores={"nll": scores, "nll_with_noise": scores},
        seconds=3.0,
    )
    return replace(record, **changes)


def small_music(size=6):
    """A data set in which every chord is the one before it, shifted."""
    rng = np.random.default_rng(0)

    def sequences(count):
        starts = rng.integers(0, size, count)
        lengths = rng.integers(5, 9, count)
        return [
            np.eye(size, dtype="uint8")[(start + np.arange(length)) % size]
            for start, length in zip(starts, lengths, strict=True)
        ]

    return MusicDataset(
        name="jsb_chorales",
        train=sequences(24),
        valid=sequences(8),
        test=sequences(8),
        encoding="piano",
        source="made up",
        fingerprint="made up",
    )


def small_task():
    """`small_music` as a task."""
    return music_task(small_music())


def small_speech():
    """Noise of which two samples of four are to be predicted, by two Gaussians."""
    rng = np.random.default_rng(0)

    def sequences(count):
        samples = rng.normal(size=(count, 12, 4)).astype("float32")
        return list(samples), list(samples[..., :2])

    return Task(
        splits={"train": sequences(16), "valid": sequences(4), "test": sequences(4)},
        data="made up",
        source="made up",
        fingerprint="made up",
        head=lambda: MDNHead(components=2, event_size=2),
        loss=lambda **arguments: MixtureNLL(2, **arguments),
        output_size=2 * (1 + 2 * 2),
    )
