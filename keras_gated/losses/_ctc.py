"""The sums of CTC over all paths, forward and backward in one loop."""

from typing import NamedTuple

from keras import ops

from keras_gated._types import Tensor
from keras_gated.recurrence import matmul
from keras_gated.recurrence.backend import scan

PADDING = -1
"""What stands behind the end of a label."""

_NEVER = -1e30
"""The log-probability of what cannot be: finite, so that no difference is NaN."""


class Labels(NamedTuple):
    """Labels as `ctc_sums` takes them.

    Args:
        symbols: `(batch, label)`, classes, and `PADDING` behind the end.
        lengths: `(batch,)`, how many symbols there are.
        frames_needed: `(batch,)`, one frame a symbol and one between equal neighbours.
        known: `(batch,)`, whether each is the number of a class that is no blank.
    """

    symbols: Tensor
    lengths: Tensor
    frames_needed: Tensor
    known: Tensor


def read_labels(symbols: Tensor, blank: int, num_classes: int) -> Labels:
    """Reads `(batch, label)` classes; what is negative or the blank is padding."""
    is_symbol = ops.logical_and(symbols >= 0, ops.not_equal(symbols, blank))
    lengths = _count(is_symbol)
    equal = ops.equal(symbols[:, 1:], symbols[:, :-1])
    repeats = _count(ops.logical_and(equal, is_symbol[:, 1:]))
    behind = ops.logical_and(is_symbol[:, 1:], ops.logical_not(is_symbol[:, :-1]))
    foreign = ops.logical_and(is_symbol, symbols >= num_classes)
    wrong = ops.logical_or(ops.any(behind, axis=1), ops.any(foreign, axis=1))
    usable = ops.logical_and(is_symbol, symbols < num_classes)
    return Labels(
        ops.where(usable, symbols, PADDING),
        lengths,
        lengths + repeats,
        ops.logical_not(wrong),
    )


def ctc_sums(
    log_p: Tensor, labels: Labels, counted: Tensor, blank: int
) -> tuple[Tensor, Tensor]:
    """Adds up the probabilities of all paths that read as the labels.

    A path is a place at every frame: the places are the symbols of the label, with a
    blank before, between and behind them. One loop goes forward and, over everything
    turned around, backward; it stands still at frames that are not counted.

    Args:
        log_p: `(batch, time, classes)`, log-probabilities, finite.
        labels: What paths are to read as.
        counted: `(batch, time)`, which frames there are.
        blank: The class of the blank.

    Returns:
        The log-probability of each label, `(batch,)`, and how probable each class is
        at each frame, given the label, `(batch, time, classes)`. Both are constants to
        the backend's own derivative.
    """
    log_p = ops.stop_gradient(log_p)
    batch = ops.shape(log_p)[0]
    classes = _places(labels.symbols, blank)
    numbers = ops.arange(ops.shape(classes)[1], dtype="int32")
    last = ops.expand_dims(2 * labels.lengths, -1)
    emitted = ops.take_along_axis(
        ops.where(log_p < _NEVER, _NEVER, log_p), ops.expand_dims(classes, 1), axis=2
    )
    # Over two places at once a path goes only from a symbol to a different one.
    before, after = classes[:, :-2], classes[:, 2:]
    over = ops.logical_and(ops.not_equal(before, after), ops.not_equal(after, blank))
    over = _both(over, ops.flip(over, axis=1))
    over = ops.pad(_log_of(over, log_p), [[0, 0], [2, 0]])
    first = ops.broadcast_to(ops.equal(numbers, 0), ops.shape(classes))
    first = _log_of(_both(first, ops.flip(ops.equal(numbers, last), axis=1)), log_p)
    # Before the first place there are two more, where no path ever is.
    outside = ops.full_like(first[:, :2], _NEVER)

    def body(
        states: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        (before,), (emitted, counted) = states, current
        stayed = before[:, 2:]
        came = [stayed, before[:, 1:-1], before[:, :-2] + over]
        # Unlike `logaddexp`, in the precision of its inputs on PyTorch, too.
        reached = ops.logsumexp(ops.stack(came), axis=0)
        moved = ops.where(counted, reached + emitted, stayed)
        return (ops.concatenate([outside, moved], axis=1),), (moved, reached)

    (ends,), (moved, reached) = scan(
        body,
        (ops.concatenate([outside, first], axis=1),),
        (
            ops.swapaxes(_both(emitted, ops.flip(emitted, axis=(1, 2))), 0, 1),
            ops.swapaxes(_both(counted, ops.flip(counted, axis=1)), 0, 1)[..., None],
        ),
        collected=2,
    )
    is_end = ops.logical_or(
        ops.equal(numbers, last), ops.equal(numbers, ops.maximum(last - 1, 0))
    )
    total = ops.logsumexp(ops.where(is_end, ends[:batch, 2:], _NEVER), axis=-1)
    backward = ops.flip(reached[:, batch:], axis=(0, 2))
    # Their sum over the places is `total` at every frame, but for rounding.
    share = ops.softmax(ops.swapaxes(moved[:, :batch] + backward, 0, 1), axis=-1)
    share = ops.where(ops.expand_dims(counted, -1), share, 0.0)
    of_class = ops.one_hot(classes, log_p.shape[-1], dtype=log_p.dtype)
    return ops.stop_gradient(total), ops.stop_gradient(matmul(share, of_class))


def is_possible(log_probability: Tensor) -> Tensor:
    """Whether any path reads as the label."""
    return log_probability > _NEVER / 2


def _places(symbols: Tensor, blank: int) -> Tensor:
    """The symbols with a blank before, between and behind them."""
    symbols = ops.where(ops.equal(symbols, PADDING), blank, symbols)
    blanks = ops.full_like(symbols, blank)
    pairs = ops.stack([blanks, symbols], axis=-1)
    shape = ops.shape(symbols)
    pairs = ops.reshape(pairs, (shape[0], 2 * shape[1]))
    return ops.concatenate([pairs, blanks[:, :1]], axis=1)


def _log_of(which: Tensor, like: Tensor) -> Tensor:
    """The log-probability of what is certain or cannot be."""
    return ops.cast(ops.where(which, 0.0, _NEVER), like.dtype)


def _both(forward: Tensor, backward: Tensor) -> Tensor:
    """Two batches as one."""
    return ops.concatenate([forward, backward])


def _count(which: Tensor) -> Tensor:
    return ops.sum(ops.cast(which, "int32"), axis=1)
