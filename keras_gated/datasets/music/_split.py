"""Pieces of music split into what is learnt from and what is judged by."""

from collections.abc import Sequence

import numpy as np

from keras_gated._integers import check_seed
from keras_gated.datasets.music._piano_roll import SPLITS, PianoRoll

FEWEST_PIECES = 3
"""One for each split."""

FEWEST_STEPS = 2
"""What is shorter has nothing to predict."""


def split_pieces(
    rolls: Sequence[PianoRoll], validation_split: float, test_split: float, seed: int
) -> dict[str, list[PianoRoll]]:
    """Splits whole pieces by chance, or few pieces by time.

    Raises:
        ValueError: If the shares or the seed are out of range, or the pieces are too
            few or too short.
    """
    _check(validation_split, test_split, seed)
    shares = {"test": test_split, "valid": validation_split}
    if len(rolls) >= FEWEST_PIECES:
        # Of NumPy's generators this one alone never changes its stream.
        order = np.random.RandomState(seed).permutation(len(rolls))
        counts = _counts(len(rolls), shares, 1, "pieces")
        splits, start = {}, 0
        for name, count in counts.items():
            splits[name] = [rolls[index] for index in order[start : start + count]]
            start += count
        return {name: splits[name] for name in SPLITS}
    parts: dict[str, list[PianoRoll]] = {name: [] for name in SPLITS}
    for roll in rolls:
        steps = _counts(len(roll), shares, FEWEST_STEPS, "steps")
        start = 0
        for name in SPLITS:
            if steps[name]:
                parts[name].append(roll[start : start + steps[name]])
            start += steps[name]
    return parts


def _counts(
    total: int, shares: dict[str, float], fewest: int, what: str
) -> dict[str, int]:
    """How many of `total` each split gets, in the order in which they are filled."""
    counts = {
        name: max(fewest, round(total * share)) if share else 0
        for name, share in shares.items()
    }
    counts["train"] = total - sum(counts.values())
    if counts["train"] < fewest:
        needed = ", ".join(f"{counts[name]} {name}" for name in shares)
        raise ValueError(
            f"{total} {what} are too few to be split into {needed} and at least "
            f"{fewest} for train"
        )
    return counts


def _check(validation_split: float, test_split: float, seed: int) -> None:
    given = {"validation_split": validation_split, "test_split": test_split}
    for name, share in given.items():
        if not 0 <= share < 1:
            raise ValueError(f"{name} must be from 0 to below 1, received {share}")
    if validation_split + test_split >= 1:
        raise ValueError(
            "validation_split and test_split must leave something to train on, "
            f"received {validation_split} and {test_split}"
        )
    check_seed(seed)
