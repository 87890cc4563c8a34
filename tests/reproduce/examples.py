"""Trials and records to test with, far smaller than the real ones."""

from dataclasses import replace

import numpy as np

from keras_gated.datasets.music import MusicDataset
from reproduce.studies.chung2014 import Trial

TRIAL = Trial(
    dataset="jsb_chorales",
    data="canonical",
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


def record_of(trial, valid=8.0, **changes):
    """What a trial leaves behind, with made-up numbers."""
    scores = {"pooled": valid, "per_sequence": valid}
    record = {
        "name": trial.name,
        "config": trial.config,
        "parameters": {"recurrent": 100, "total": 200},
        "history": {
            "train_nll_with_noise": [9.0, 8.5, 8.2],
            "valid_nll": [9.5, 8.7, valid],
            "seconds": [2.0, 0.5, 0.5],
        },
        "best_epoch": 3,
        "nll": {"train": scores, "valid": scores, "test": scores},
        "seconds": 4.0,
    }
    return {**record, **changes}


def trial(**changes):
    return replace(TRIAL, **changes)


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
        comparable=False,
        fingerprint="",
    )
