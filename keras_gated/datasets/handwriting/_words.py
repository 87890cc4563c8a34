"""Words put together from the letters of one person."""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import numpy as np

from keras_gated.datasets.handwriting._letters import Letter, Stroke, Writer
from keras_gated.datasets.handwriting.dataset import SPLITS, Word

_TENTHS = 10
_GAP = 10 * _TENTHS
"""From the ink of a letter to that of the next, in tenths of a pixel."""

SHARES = {"train": 14, "valid": 3, "test": 3}
"""How many of the twenty people write the words of each split."""


def compose_splits(
    writers: Sequence[Writer],
    words: Mapping[str, int],
    lengths: tuple[int, int],
    spacing: float,
    seed: int,
) -> dict[str, list[Word]]:
    """Draws the words of each split, written by people of its own.

    Args:
        writers: The letters of everybody.
        words: How many words each split has. Its people take turns.
        lengths: Fewest and most letters of a word.
        spacing: Pixels from one point of a stroke to the next.
        seed: Seed of who belongs to which split, and of the letters.
    """
    rng = np.random.default_rng(seed)
    people = iter(rng.permutation(len(writers)).tolist())
    splits: dict[str, list[Word]] = {}
    for split in SPLITS:
        turn = [next(people) for _ in range(SHARES[split])]
        thin = {
            person: {
                name: [resample(stroke, spacing) for stroke in letter]
                for name, letter in writers[person].items()
            }
            for person in turn
        }
        splits[split] = []
        for number in range(words[split]):
            person = turn[number % len(turn)]
            count = rng.integers(lengths[0], lengths[1], endpoint=True)
            text = "".join(rng.choice(list(ascii_lowercase), count).tolist())
            splits[split].append(
                Word(write([thin[person][name] for name in text]), text, person)
            )
    return splits


def resample(stroke: Stroke, spacing: float) -> Stroke:
    """Puts points on a stroke at equal distances along it, about `spacing` pixels.

    The first and the last point stay. A stroke that goes nowhere is one point.
    """
    moved = np.hypot(*np.diff(stroke.astype(np.float64), axis=0).T)
    kept = np.concatenate([[True], moved > 0])
    way = np.concatenate([[0.0], np.cumsum(moved[moved > 0])])
    if len(way) == 1:
        return stroke[:1]
    pieces = max(1, round(way[-1] / (spacing * _TENTHS)))
    places = np.linspace(0, way[-1], pieces + 1)
    points = [np.interp(places, way, axis) for axis in stroke[kept].T]
    return np.round(np.stack(points, axis=1)).astype(np.int16)


def write(
    letters: Sequence[Letter],
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Puts letters beside each other: `(points, 3)`, x, y and where the pen lifts.

    Heights are as they were drawn; the ink of a letter begins a gap behind that of the
    letter before. Pixels.
    """
    rows = []
    start = 0
    for letter in letters:
        across = np.concatenate(letter)[:, 0]
        shift = start - across.min()
        for stroke in letter:
            points = np.zeros((len(stroke), 3), np.float32)
            points[:, 0] = (stroke[:, 0] + shift) / _TENTHS
            points[:, 1] = stroke[:, 1] / _TENTHS
            points[-1, 2] = 1
            rows.append(points)
        start = across.max() + shift + _GAP
    return np.concatenate(rows)
