"""The most probable labels, whatever the path."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer
from keras_gated._types import Tensor
from keras_gated.decoding._frames import Floats, sequences
from keras_gated.decoding.decoded import Decoded

Symbols = tuple[int, ...]


class _Beam(NamedTuple):
    """Beginnings of labels, with the log-probability of the paths that read so.

    Args:
        labels: The beginnings.
        blank: `(width,)`, of those paths that end with the blank.
        symbol: `(width,)`, of those that end with the last symbol.
    """

    labels: list[Symbols]
    blank: Floats
    symbol: Floats

    @property
    def total(self) -> Floats:
        total: Floats = np.logaddexp(self.blank, self.symbol)
        return total


def beam_search(
    logits: Tensor,
    lengths: npt.ArrayLike | None = None,
    beam_width: int = 25,
    top_paths: int = 1,
    blank: int = 0,
) -> list[list[Decoded]]:
    """Looks for the most probable labels of each sequence.

    The probability of a label is the sum over all paths that read so. After every frame
    the `beam_width` most probable beginnings of labels are kept, so that what is found
    need not be the best, and a wider beam finds no less in most cases.

    Args:
        logits: `(batch, time, classes)`, of a model trained with `CTCLoss`.
        lengths: How many frames each sequence has; all by default.
        beam_width: How many beginnings are followed.
        top_paths: How many labels are returned for a sequence, if so many were found.
        blank: The class that stands for no symbol.

    Returns:
        For each sequence the labels, the most probable one first. Their
        log-probabilities leave out the paths through beginnings that were dropped:
        they are exact where none was.

    Raises:
        ValueError: If the shapes do not fit, a length is none, a logit is NaN, or
            `beam_width` or `top_paths` is no positive integer.

    Examples:
        >>> import math
        >>> import numpy as np
        >>> from keras_gated.decoding import beam_search, greedy_search
        >>> logits = np.log([[[0.6, 0.4], [0.6, 0.4]]])
        >>> (labels,) = beam_search(logits, top_paths=2)
        >>> [(found.symbols, round(math.exp(found.log_prob), 2)) for found in labels]
        [((1,), 0.64), ((), 0.36)]
        >>> greedy_search(logits)[0].symbols
        ()

    Reference:
        Graves, Supervised sequence labelling with recurrent neural networks, 2012,
        section 7.5; Hannun et al., First-pass large vocabulary continuous speech
        recognition using bi-directional recurrent DNNs, 2014.
    """
    if not is_integer(beam_width, 1) or not is_integer(top_paths, 1):
        raise ValueError(
            "beam_search needs positive integers for beam_width and top_paths. "
            f"Received beam_width={beam_width!r} and top_paths={top_paths!r}."
        )
    return [
        _search(log_p, beam_width, blank)[:top_paths]
        for log_p in sequences(logits, lengths, blank)
    ]


def _search(log_p: Floats, beam_width: int, blank: int) -> list[Decoded]:
    beam = _Beam([()], np.zeros(1), np.full(1, -np.inf))
    for frame in log_p:
        beam = _step(beam, frame, beam_width, blank)
    return [
        Decoded(label, min(0.0, float(total)))
        for label, total in zip(beam.labels, beam.total, strict=True)
        if total > -np.inf
    ]


def _step(beam: _Beam, frame: Floats, beam_width: int, blank: int) -> _Beam:
    labels, total = beam.labels, beam.total
    last = np.array([label[-1] if label else blank for label in labels])
    rows = np.arange(len(labels))
    stay_blank = total + frame[blank]
    stay_symbol = beam.symbol + frame[last]
    longer = total[:, np.newaxis] + frame
    # The last symbol once more needs a blank before it.
    longer[rows, last] = beam.blank + frame[last]
    longer[:, blank] = -np.inf
    # A beginning that is longer by a symbol may be in the beam already.
    place = {label: row for row, label in enumerate(labels)}
    for row, label in enumerate(labels):
        shorter = place.get(label[:-1]) if label else None
        if shorter is not None:
            grown = longer[shorter, label[-1]]
            stay_symbol[row] = np.logaddexp(stay_symbol[row], grown)
            longer[shorter, label[-1]] = -np.inf
    candidates = np.concatenate([np.logaddexp(stay_blank, stay_symbol), longer.ravel()])
    # Of equal ones the first, on every machine.
    best = np.argsort(-candidates, kind="stable")[:beam_width]
    best = best[candidates[best] > -np.inf]
    kept = best[best < len(labels)]
    grown = best[best >= len(labels)]
    parents, symbols = np.divmod(grown - len(labels), len(frame))
    chosen = _Beam(
        [labels[row] for row in kept]
        + [
            (*labels[row], symbol)
            for row, symbol in zip(parents.tolist(), symbols.tolist(), strict=True)
        ],
        np.concatenate([stay_blank[kept], np.full(len(grown), -np.inf)]),
        np.concatenate([stay_symbol[kept], candidates[grown]]),
    )
    order = np.argsort(-chosen.total, kind="stable")
    return _Beam(
        [chosen.labels[row] for row in order],
        chosen.blank[order],
        chosen.symbol[order],
    )
