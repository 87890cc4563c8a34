"""The symbols of the most probable path, of whole sequences or frame by frame."""

from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated._types import Tensor
from keras_gated.decoding._frames import is_class, is_numeric, says_nothing, sequences
from keras_gated.decoding.collapse import collapse
from keras_gated.decoding.decoded import Decoded


def greedy_search(
    logits: Tensor, lengths: npt.ArrayLike | None = None, blank: int = 0
) -> list[Decoded]:
    """Reads the most probable path of each sequence.

    It takes the most probable class of every frame. That is quick, and where a model is
    sure of its classes what it reads is the most probable label, too; `beam_search`
    looks for that.

    Args:
        logits: `(batch, time, classes)`, of a model trained with `CTCLoss`.
        lengths: How many frames each sequence has; all by default.
        blank: The class that stands for no symbol.

    Returns:
        The symbols for each sequence, with the log-probability of the path: a lower
        bound of theirs.

    Raises:
        ValueError: If the shapes do not fit, a length is none, or a logit is NaN.

    Examples:
        >>> import math
        >>> import numpy as np
        >>> from keras_gated.decoding import greedy_search
        >>> logits = np.log([[[0.2, 0.8], [0.3, 0.7], [0.9, 0.1]]])
        >>> (found,) = greedy_search(logits)
        >>> found.symbols, round(math.exp(found.log_prob), 3)
        ((1,), 0.504)
        >>> greedy_search(logits, lengths=[0])
        [Decoded(symbols=(), log_prob=0.0)]
    """
    return [
        Decoded(
            tuple(collapse(log_p.argmax(axis=-1), blank)),
            # Rounding may make more than 1 of certain frames.
            min(0.0, float(log_p.max(axis=-1, initial=-np.inf).sum())),
        )
        for log_p in sequences(logits, lengths, blank)
    ]


class GreedyStream:
    """Reads the most probable path while its frames come in.

    Args:
        blank: The class that stands for no symbol, or `None` if there is none, for a
            model that was trained frame by frame.

    Examples:
        >>> from keras_gated.decoding import GreedyStream
        >>> stream = GreedyStream()
        >>> frames = [[0.1, 0.9], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]
        >>> [stream.step(frame) for frame in frames]
        [1, None, None, 1]
    """

    def __init__(self, blank: int | None = 0) -> None:
        self.blank = blank
        self._before: int | None = None

    def step(self, logits: npt.ArrayLike) -> int | None:
        """Takes the logits of a frame, `(classes,)`.

        Returns:
            The symbol that begins with this frame, or `None` if none does.

        Raises:
            ValueError: If these are no log-probabilities, or `blank` is no class.
        """
        frame = _one_frame(logits)
        if self.blank is not None and not is_class(self.blank, len(frame)):
            raise ValueError(
                "A step needs a class for blank, or None. Received logits of "
                f"{len(frame)} classes and blank={self.blank!r}."
            )
        best = int(np.argmax(frame))
        begins = best not in (self._before, self.blank)
        self._before = best
        return best if begins else None

    def reset(self) -> None:
        """Starts a new sequence."""
        self._before = None


def _one_frame(logits: npt.ArrayLike) -> npt.NDArray[Any]:
    array = np.asarray(logits)
    is_frame = array.ndim == 1 and array.size and is_numeric(array)
    if not is_frame or says_nothing(array):
        raise ValueError(
            "A step takes the logits of a frame, (classes,), none of them NaN or "
            f"infinity, and not all minus infinity. Received {logits!r}."
        )
    return array
