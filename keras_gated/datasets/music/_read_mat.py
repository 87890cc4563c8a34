"""The MATLAB files that accompany the temporal convolutional networks' code.

Only their published bytes come here: nothing else is read, and nothing is checked.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from keras_gated.datasets.music._piano_roll import SPLITS, PianoRoll, Splits

_HEADER = 128
_COMPRESSED = 15


def read_mat(content: bytes) -> Splits:
    """Reads cells `traindata`, `validdata`, `testdata` of `(time, 88)` 0/1 arrays."""
    variables = (next(_elements(body)) for body in _elements(content[_HEADER:], 1))
    cells = dict(map(_cells, variables))
    return {split: cells[f"{split}data"] for split in SPLITS}


def _elements(content: bytes, padding: int = 8) -> Iterator[bytes]:
    """The contents of elements that follow each other."""
    start = 0
    while start < len(content):
        kind, size = struct.unpack_from("<II", content, start)
        begin = start + 8
        if small := kind >> 16:
            # Up to four bytes stand in the place of their size.
            yield content[start + 4 : start + 4 + small]
            start = begin
        else:
            body = content[begin : begin + size]
            yield zlib.decompress(body) if kind == _COMPRESSED else body
            start = begin + size + -size % padding


def _cells(matrix: bytes) -> tuple[str, list[PianoRoll]]:
    """The name of a cell array and what is in it."""
    _, _, name, *cells = _elements(matrix)
    return name.decode(), [_roll(cell_matrix) for cell_matrix in cells]


def _roll(matrix: bytes) -> PianoRoll:
    _, sizes, _, numbers = _elements(matrix)
    shape = np.frombuffer(sizes, "<i4")
    return np.frombuffer(numbers, np.uint8).reshape(shape, order="F").copy()
