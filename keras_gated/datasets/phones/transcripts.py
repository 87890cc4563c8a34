"""Phones as they are written, and as numbers."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer

_NAMED = 5
"""How many unknown symbols a message names."""


def encode(transcript: str, phone_names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Turns phones that are written with spaces between them into a label for CTC.

    Args:
        transcript: Such as `"hh ax l ow"`.
        phone_names: What the phones are called; those of a `PhoneDataset`.

    Returns:
        `(phones,)`, counted from 1; 0 is left to the blank.

    Raises:
        ValueError: If the transcript has a symbol that is none of these; names it.

    Examples:
        >>> from keras_gated.datasets.phones import decode, encode
        >>> encode("ow hh ow", ["hh", "ow"])
        array([2, 1, 2])
        >>> decode([2, 1, 2], ["hh", "ow"])
        'ow hh ow'
    """
    numbers = {name: number for number, name in enumerate(phone_names, 1)}
    symbols = transcript.split()
    unknown = [
        f"{symbol!r} at place {place}"
        for place, symbol in enumerate(symbols, 1)
        if symbol not in numbers
    ]
    if unknown:
        rest = "" if len(unknown) <= _NAMED else f", and {len(unknown) - _NAMED} more"
        raise ValueError(
            f"Unknown phones: {', '.join(unknown[:_NAMED])}{rest}. Known are: "
            f"{' '.join(phone_names)}."
        )
    return np.array([numbers[symbol] for symbol in symbols], np.int64)


def decode(label: Iterable[int], phone_names: Sequence[str]) -> str:
    """Turns a label, counted from 1, into phones with spaces between them.

    Raises:
        ValueError: If a number is that of no phone.
    """
    numbers = list(label)
    wrong = [n for n in numbers if not is_integer(n, 1) or n > len(phone_names)]
    if wrong:
        raise ValueError(
            f"Phones are counted from 1 to {len(phone_names)}. Received {wrong[0]}."
        )
    return " ".join(phone_names[number - 1] for number in numbers)
