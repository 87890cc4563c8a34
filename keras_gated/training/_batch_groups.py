"""Several batches in one structure of arrays, for a compiled loop over them."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gated._types import Tensor

ALIGNMENT = 64
"""Bytes, of which the address of an array is to be a multiple."""

Array: TypeAlias = npt.NDArray[Any]
Form: TypeAlias = tuple[tuple[tuple[int, ...], np.dtype[Any]] | None, ...]
"""Shape and dtype of each array of a batch, None where the batch has None."""


class Group(NamedTuple):
    """Batches of one or a few forms.

    Attributes:
        numbers: The number of the form of each batch.
        rows: For each array of a batch one that has a row of numbers for each batch,
            as long as the longest form needs.
        forms: A batch of each form whose arrays have an empty axis more in front: what
            a program is compiled for are shapes.
    """

    numbers: Array
    rows: tuple[Array | None, ...]
    forms: tuple[Any, ...]


def batch_of(form: Any, row: Sequence[Tensor | None]) -> Any:
    """A batch of a form, from what `Group.rows` hold of it."""
    arrays = [
        None if flat is None else _shaped(flat, empty.shape[1:])
        for flat, empty in zip(row, keras.tree.flatten(form), strict=True)
    ]
    return keras.tree.pack_sequence_as(form, arrays)


def _shaped(flat: Tensor, shape: tuple[int, ...]) -> Tensor:
    return ops.reshape(flat[: math.prod(shape)], shape)


class Groups:
    """Makes groups of the batches of an iterator.

    All groups have all forms met so far, so that one compiled program serves groups in
    which they come in another order, or not at all.

    Args:
        size: Batches in a group. The last group of an epoch may have fewer.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._forms: dict[Form, Any] = {}

    def take(self, batches: Iterator[Any]) -> Group:
        """The next group.

        Raises:
            StopIteration: If no batch is left.
            ValueError: If batches differ in more than their shapes, or have arrays that
                are not dense.
        """
        # Apart from the others, since Keras waits for its StopIteration.
        group = [_Batch.of(next(batches))]
        group += map(_Batch.of, itertools.islice(batches, self._size - 1))
        for batch in group:
            self._forms.setdefault(batch.form, batch.empty())
        _check(list(self._forms))
        numbers = {form: number for number, form in enumerate(self._forms)}
        return Group(
            np.array([numbers[batch.form] for batch in group], np.int32),
            tuple(
                _rows([batch.arrays[place] for batch in group], known)
                for place, known in enumerate(zip(*self._forms, strict=True))
            ),
            tuple(self._forms.values()),
        )


@dataclass(frozen=True)
class _Batch:
    structure: Any
    arrays: list[Array | None]

    @classmethod
    def of(cls, structure: Any) -> "_Batch":
        leaves = keras.tree.flatten(structure)
        return cls(structure, [x if x is None else np.asarray(x) for x in leaves])

    @property
    def form(self) -> Form:
        return tuple(x if x is None else (x.shape, x.dtype) for x in self.arrays)

    def empty(self) -> Any:
        arrays = [
            x if x is None else np.empty((0, *x.shape), x.dtype) for x in self.arrays
        ]
        return keras.tree.pack_sequence_as(self.structure, arrays)


def _rows(arrays: Sequence[Array | None], known: Sequence[Any]) -> Array | None:
    """The arrays at one place of the batches, one below the other."""
    given = [array for array in arrays if array is not None]
    if not given:
        return None
    length = max(math.prod(shape) for shape, _ in known)
    rows = _aligned((len(given), length), given[0].dtype)
    for row, array in zip(rows, given, strict=True):
        row[: array.size] = array.reshape(-1)
    return rows


def _aligned(shape: tuple[int, int], dtype: np.dtype[Any]) -> Array:
    """An array that JAX takes as it is on a CPU; others it copies."""
    size = math.prod(shape) * dtype.itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    begin = -room.ctypes.data % ALIGNMENT
    return room[begin : begin + size].view(dtype).reshape(shape)


def _check(forms: Sequence[Form]) -> None:
    """Makes sure that batches of these forms go into one group.

    Raises:
        ValueError: If they do not.
    """
    # By their names: to NumPy a dtype of 64 bits equals None.
    kinds = [[part and part[1].name for part in form] for form in forms]
    for kind, form in zip(kinds, forms, strict=True):
        if kind != kinds[0] or "object" in kind:
            raise ValueError(
                "A loop over several batches needs dense arrays, as many in every "
                "batch and of the same dtypes. Received batches with arrays of (shape, "
                f"dtype) {list(forms[0])} and {list(form)}; compile the model without "
                "steps_per_execution."
            )
