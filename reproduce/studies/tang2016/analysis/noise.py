"""Half a second of noise within a sentence, and how long a memory keeps it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gated.datasets.phones import log_mel

Array = np.ndarray[Any, Any]

FRAMES = 50
"""Half a second."""

FOLLOWED = 100
"""Frames after the noise for which the distance is measured."""

LEVELS = (0, -10)
"""Energy of the speech over that of the noise, in decibels."""

KINDS = ("white", "babble")
VOICES = 6
"""Sentences that speak at the same time in babble."""

_STEP = 0.5
"""Decibels that features are kept in."""


def energy(frames: Array) -> Array:
    """The energies of bands in decibels above 1, as numbers."""
    return 10 ** (frames.astype(np.float64) / 10) - 1


def decibels(energies: Array) -> Array:
    """Energies as the features have them."""
    values = 10 * np.log10(energies + 1)
    return np.asarray(np.round(values / _STEP) * _STEP, np.float32)


def noise_like(
    kind: str,
    level: float,
    sentence: Array,
    others: Sequence[Array],
    sample_rate: int,
    generator: np.random.Generator,
) -> Array:
    """Noise whose energy is that of a sentence, less so many decibels.

    Args:
        kind: `"white"`, or `"babble"` of other sentences.
        level: Energy of the speech over that of the noise, in decibels.
        sentence: `(frames, bands)` in decibels.
        others: The sentences that babble is made of.
        sample_rate: At which the features were made.
        generator: Of the noise.

    Returns:
        `(FRAMES, bands)` in decibels.
    """
    if kind == "white":
        hop, window = sample_rate // 100, sample_rate // 40
        samples = generator.normal(scale=3000, size=hop * (FRAMES - 1) + window)
        frames = log_mel(samples.astype(np.int16), sample_rate, sentence.shape[1])
        energies = energy(frames)
    else:
        long = [other for other in others if len(other) >= FRAMES]
        chosen = generator.choice(len(long), size=VOICES)
        begins = [generator.integers(len(long[i]) - FRAMES + 1) for i in chosen]
        energies = np.sum(
            [
                energy(long[i][begin : begin + FRAMES])
                for i, begin in zip(chosen, begins, strict=True)
            ],
            axis=0,
        )
    wanted = energy(sentence).sum(axis=1).mean() * 10 ** (-level / 10)
    return decibels(energies * wanted / energies.sum(axis=1).mean())


def inserted(sentence: Array, noise: Array) -> tuple[Array, int]:
    """A sentence with noise in its middle, and where what follows it begins."""
    middle = len(sentence) // 2
    return (
        np.concatenate([sentence[:middle], noise, sentence[middle:]]),
        middle + len(noise),
    )


def distances(clean: Array, noisy: Array) -> Array:
    """How far a memory is from that of the clean run, frame by frame after the noise.

    Args:
        clean: `(frames, units)`, the states of the sentence.
        noisy: Those of the sentence with noise in its middle.

    Returns:
        `(FOLLOWED,)`; NaN behind the end of the sentence.
    """
    middle, more = len(clean) // 2, len(noisy) - len(clean)
    difference = noisy[middle + more :] - clean[middle:]
    found = np.full(FOLLOWED, np.nan)
    size = np.linalg.norm(difference, axis=1)[:FOLLOWED]
    found[: len(size)] = size
    return found


def half_life(curve: Array) -> float:
    """Frames until a mean distance is half of the first one.

    Between two frames it is taken to fall along a line. It is infinite if the distance
    stays above, and NaN if there is none.
    """
    if not len(curve) or not curve[0] > 0:
        return float("nan")
    below = np.flatnonzero(curve <= curve[0] / 2)
    if not len(below):
        return float("inf")
    last = int(below[0])
    above, under = curve[last - 1], curve[last]
    return float(last - 1 + (above - curve[0] / 2) / (above - under))
