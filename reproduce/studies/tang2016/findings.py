"""What a trained model leaves for the report, and what the report makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_gated.datasets.phones import PhoneDataset
from reproduce.studies.tang2016.analysis import activations, noise, smoothness
from reproduce.studies.tang2016.analysis.memory import memory
from reproduce.studies.tang2016.analysis.responses import responses
from reproduce.studies.tang2016.trial import Trial
from reproduce.task import Array
from reproduce.training.arrays import Arrays

DENSITY, SHAPE, RESPONSES = "density", "shape", "responses"
STEPS, AUTOCORRELATION, WAY = "steps", "autocorrelation", "way"
DISTANCE = "distance "

SENTENCES = 120
"""Test sentences at most whose memory is looked at."""

WAYS = 3
"""Sentences of which the way of the memory of the last layer is kept."""


def look_into(model: Any, trial: Trial, speech: PhoneDataset) -> dict[str, Arrays]:
    """Looks at the memory of a model on test sentences.

    Returns:
        Groups of arrays, one for each layer in all but `WAY`, which has one for each
        sentence.
    """
    utterances = speech.test[:SENTENCES]
    clean = [u.frames for u in utterances]
    scaled = speech.frames("test")[0][: len(clean)]
    by_sentence = memory(model, scaled)
    layers = list(zip(*by_sentence, strict=True))
    phones = np.concatenate([u.phones for u in utterances])
    groups = (DENSITY, SHAPE, RESPONSES, STEPS, AUTOCORRELATION)
    left: dict[str, Arrays] = {group: [] for group in groups}
    for of_layer in layers:
        together = np.concatenate(of_layer)
        left[DENSITY].append(activations.density(together))
        shape = activations.extreme_share(together), activations.kurtosis(together)
        left[SHAPE].append(np.array(shape))
        left[RESPONSES].append(responses(together, phones, len(speech.phone_names)))
        left[STEPS].append(np.array([smoothness.step_length(of_layer)]))
        left[AUTOCORRELATION].append(
            np.array([smoothness.autocorrelation(of_layer, n) for n in smoothness.LAGS])
        )
    left[WAY] = [states.astype(np.float16) for states in layers[-1][:WAYS]]
    for kind, level, noisy in _noisy(clean, speech, trial.seed):
        disturbed = memory(model, speech.standardize(noisy))
        left[f"{DISTANCE}{kind} {level}"] = [
            np.array(
                [
                    noise.distances(one[number], other[number])
                    for one, other in zip(by_sentence, disturbed, strict=True)
                ],
                np.float32,
            )
            for number in range(len(layers))
        ]
    return left


def _noisy(
    clean: list[Array], speech: PhoneDataset, seed: int
) -> Iterator[tuple[str, int, list[Array]]]:
    """The sentences with each noise; that of a seed is the same for all models."""
    rate = speech.sample_rate
    others = [u.frames for u in speech.valid]
    for kind in noise.KINDS:
        for level in noise.LEVELS:
            generator = np.random.default_rng([seed, noise.KINDS.index(kind)])
            yield (
                kind,
                level,
                [
                    noise.inserted(
                        frames,
                        noise.noise_like(kind, level, frames, others, rate, generator),
                    )[0]
                    for frames in clean
                ],
            )


@dataclass(frozen=True)
class Noise:
    """How the memory of a layer returns from noise.

    Args:
        kind: `"white"` or `"babble"`.
        level: Energy of the speech over that of the noise, in decibels.
        layer: From 1.
        curve: `(frames,)`, mean distance from the clean run, 1 at the beginning.
        half_life: In frames.
    """

    kind: str
    level: int
    layer: int
    curve: Array
    half_life: float


def noises(left: Mapping[str, Arrays]) -> Iterator[Noise]:
    """What a model left about noise."""
    for name, arrays in left.items():
        if name.startswith(DISTANCE):
            kind, level = name.removeprefix(DISTANCE).split(" ")
            for layer, distances in enumerate(arrays, 1):
                curve = mean_curve(distances)
                yield Noise(kind, int(level), layer, curve, noise.half_life(curve))


def mean_curve(distances: Array) -> Array:
    """The mean over sentences, 1 at the beginning; as far as half of them go."""
    counted = np.isfinite(distances)
    far = counted.sum(axis=0) >= max(1, len(distances) / 2)
    far = np.logical_and.accumulate(far)
    curve = np.nanmean(distances[:, far].astype(np.float64), axis=0)
    return curve / curve[0] if len(curve) and curve[0] > 0 else curve
