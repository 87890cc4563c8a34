"""Which labels CTC can learn at all, known before training."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated._integers import are_integers, is_integer
from keras_gated._sequences import is_sequence

_NAMED = 5
"""How many labels a message speaks of."""


def ctc_frames_needed(label: npt.ArrayLike) -> int:
    """How many frames a label needs: one a symbol, one more between equal neighbours.

    Args:
        label: The numbers of its symbols, without padding.

    Raises:
        ValueError: If it is no list of integers.

    Examples:
        >>> from keras_gated.losses import ctc_frames_needed
        >>> ctc_frames_needed([3, 1, 1])
        4
    """
    symbols = np.asarray(label)
    if not _is_list_of_integers(symbols):
        raise ValueError(
            f"A label is a list of integers. Received {symbols.dtype} of shape "
            f"{symbols.shape}."
        )
    return len(symbols) + int((symbols[1:] == symbols[:-1]).sum())


def check_ctc_labels(
    labels: Sequence[npt.ArrayLike],
    lengths: Sequence[int] | npt.ArrayLike,
    num_classes: int,
    blank: int = 0,
) -> None:
    """Refuses labels to which `CTCLoss` would give no number, and names them.

    Args:
        labels: The numbers of the symbols of each sequence, without padding.
        lengths: How many frames each sequence has, as the loss will see it: after
            layers that make fewer of them.
        num_classes: How many classes the model has, the blank among them.
        blank: The class that stands for no symbol.

    Raises:
        ValueError: If `labels` is no list, has not as many labels as there are lengths,
            a length is no number of frames, `blank` is no class, a label has a symbol
            that is none, or needs more frames than its sequence has.

    Examples:
        >>> from keras_gated.losses import check_ctc_labels
        >>> check_ctc_labels([[1, 2], [2, 2]], [2, 3], num_classes=3)
        >>> check_ctc_labels([[1, 2], [2, 2]], [2, 2], num_classes=3)
        Traceback (most recent call last):
            ...
        ValueError: 1 of 2 labels cannot be learnt by CTC. Label 1 needs 3 frames, one \
for each of 2 symbols and 1 between equal neighbours; its sequence has 2.
    """
    if not is_integer(num_classes, 1) or not (
        is_integer(blank, 0) and blank < num_classes
    ):
        raise ValueError(
            "CTC needs a number of classes, and one of them for blank. Received "
            f"num_classes={num_classes!r} and blank={blank!r}."
        )
    if not is_sequence(labels):
        raise ValueError(
            f"check_ctc_labels needs a list of labels. Received {labels!r}."
        )
    frames = np.asarray(lengths)
    if frames.shape != (len(labels),):
        raise ValueError(
            f"Each label needs the length of its sequence. Received {len(labels)} "
            f"labels and lengths of shape {frames.shape}."
        )
    if not are_integers(frames) or (frames < 0).any():
        raise ValueError(
            "The length of a sequence is an integer, 0 or more. Received lengths="
            f"{lengths!r}."
        )
    wrong = [
        f"Label {number} {reason}."
        for number, (label, length) in enumerate(
            zip(labels, frames.tolist(), strict=True)
        )
        if (reason := _reason(np.asarray(label), length, num_classes, blank))
    ]
    if wrong:
        rest = "" if len(wrong) <= _NAMED else f" And {len(wrong) - _NAMED} more."
        raise ValueError(
            f"{len(wrong)} of {len(labels)} labels cannot be learnt by CTC. "
            + " ".join(wrong[:_NAMED])
            + rest
        )


def _reason(
    label: npt.NDArray[Any], length: int, num_classes: int, blank: int
) -> str | None:
    if not _is_list_of_integers(label):
        return f"is {label.dtype} of shape {label.shape}, not a list of integers"
    foreign = label[(label < 0) | (label >= num_classes) | (label == blank)]
    if foreign.size:
        return (
            f"has {foreign[0]}, which is no symbol: those are 0 to {num_classes - 1} "
            f"but for the blank, {blank}"
        )
    needed = ctc_frames_needed(label)
    if needed > length:
        return (
            f"needs {needed} frames, one for each of {len(label)} symbols and "
            f"{needed - len(label)} between equal neighbours; its sequence has {length}"
        )
    return None


def _is_list_of_integers(label: npt.NDArray[Any]) -> bool:
    return label.ndim == 1 and are_integers(label)
