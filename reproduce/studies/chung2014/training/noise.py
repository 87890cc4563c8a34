"""The NLL of a model whose weights have noise on them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.layers.weight_noise import NOISY_WEIGHTS
from keras_gated.losses import NegativeLogLikelihood
from reproduce.training.scores import Averages, score

NOISE_DRAWS = 3
"""How often noise is drawn for a score with noise."""


def score_with_noise(
    model: keras.Model,
    loss: NegativeLogLikelihood,
    splits: Mapping[str, SequenceBatches],
    stddev: float,
    seed: int,
) -> dict[str, Averages]:
    """The mean NLL on each split over a few draws of the weight noise."""
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(NOISE_DRAWS):
        with _noisy(model, stddev, rng):
            draws.append({name: score(model, loss, b) for name, b in splits.items()})
    return {
        name: {
            average: float(np.mean([draw[name][average] for draw in draws]))
            for average in draws[0][name]
        }
        for name in splits
    }


@contextmanager
def _noisy(
    model: keras.Model, stddev: float, rng: np.random.Generator
) -> Iterator[None]:
    """Adds noise to what `WeightNoise` puts noise on, for the length of the block."""
    recurrent = model.layers[1]
    noisy = [v for v in recurrent.trainable_variables if v.name in NOISY_WEIGHTS]
    clean: list[Any] = [keras.ops.convert_to_numpy(v.value) for v in noisy]
    for variable, value in zip(noisy, clean, strict=True):
        variable.assign(value + rng.normal(0, stddev, value.shape))
    try:
        yield
    finally:
        for variable, value in zip(noisy, clean, strict=True):
            variable.assign(value)
