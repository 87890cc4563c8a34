"""Edit distances of whole batches, in operations that a compiler takes."""

from keras import ops

from keras_gated._types import Tensor
from keras_gated.recurrence.backend import scan


def packed(values: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """Moves the values of each row that are wanted to its front.

    Args:
        values: `(batch, width)`.
        which: Likewise, booleans.

    Returns:
        The values, and how many of each row are wanted; what follows is anything.
    """
    width = ops.shape(values)[1]
    numbers = ops.arange(width, dtype="int32")
    order = ops.argsort(ops.where(which, numbers, numbers + width), axis=1)
    return ops.take_along_axis(values, order, axis=1), count(which)


def collapsed(
    path: Tensor, counted: Tensor, blank: int | None
) -> tuple[Tensor, Tensor]:
    """What paths read as, and how many symbols these are; see `packed`."""
    path, lengths = packed(path, counted)
    there = ops.arange(ops.shape(path)[1], dtype="int32") < lengths[:, None]
    changes = ops.not_equal(path[:, 1:], path[:, :-1])
    begins = ops.concatenate([ops.ones_like(there[:, :1]), changes], axis=1)
    if blank is not None:
        begins = ops.logical_and(begins, ops.not_equal(path, blank))
    return packed(path, ops.logical_and(begins, there))


def edit_distances(
    found: Tensor, found_lengths: Tensor, wanted: Tensor, wanted_lengths: Tensor
) -> Tensor:
    """The fewest insertions, deletions and replacements, for each row.

    The table of Levenshtein, of which a cell has what it takes to get from the first
    `i` symbols to the first `j` others, is filled by its diagonals, on which no cell
    needs another one.

    Args:
        found: `(batch, width)`, the symbols that were read.
        found_lengths: `(batch,)`, how many they are.
        wanted: `(batch, other width)`, those that should have been.
        wanted_lengths: Likewise.

    Returns:
        `(batch,)`, integers.
    """
    i = ops.arange(ops.shape(found)[1] + 1, dtype="int32")
    last = ops.equal(i, found_lengths[:, None])
    total = found_lengths + wanted_lengths
    # Read by the number of the symbol, counted from 1.
    found = ops.concatenate([found[:, :1], found], axis=1)
    size = ops.shape(wanted)[1]

    def body(
        states: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], tuple[()]]:
        (before, two_before, answer), (number,) = states, current
        other = ops.take(wanted, ops.clip(number - i - 1, 0, size - 1), axis=1)
        replaced = _below(two_before) + ops.cast(ops.not_equal(found, other), "int32")
        cell = ops.minimum(ops.minimum(before, _below(before)) + 1, replaced)
        is_edge = ops.logical_or(ops.equal(i, 0), i >= number)
        cell = ops.where(is_edge, number, cell)
        here = ops.sum(ops.where(last, cell, 0), axis=1)
        answer = ops.where(ops.equal(total, number), here, answer)
        return (cell, before, answer), ()

    start = ops.zeros_like(found)
    numbers = ops.arange(ops.shape(found)[1] + size, dtype="int32")
    states = (start, start, ops.zeros_like(total))
    (*_, answer), _ = scan(body, states, (numbers,), collected=0)
    return answer


def count(which: Tensor) -> Tensor:
    """How many of each row are true."""
    return ops.sum(ops.cast(which, "int32"), axis=1)


def _below(row: Tensor) -> Tensor:
    """The cells with one symbol less."""
    return ops.concatenate([row[:, :1], row[:, :-1]], axis=1)
