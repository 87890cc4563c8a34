"""The part of MATLAB's files that holds cells of numbers.

SciPy's reader makes room for as many cells as a file declares, unpacks whatever is
packed, and takes the process down with it where a file is broken in the wrong place.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Element = tuple[int, bytes]
"""The type and the content of an element."""

_HEADER = 128
_LITTLE_ENDIAN_5 = b"\x00\x01IM"
_MATRIX, _COMPRESSED = 14, 15
_CELL = 1
_NUMBERS = {
    1: "<i1",
    2: "<u1",
    3: "<i2",
    4: "<u2",
    5: "<i4",
    6: "<u4",
    7: "<f4",
    9: "<f8",
    12: "<i8",
    13: "<u8",
}


def read_cells(content: bytes, most: int) -> dict[str, list[Array]]:
    """Returns the cells of each variable that is a cell array of real numbers.

    Args:
        content: A MATLAB 5 file.
        most: Most bytes that it may unpack to.

    Raises:
        ValueError: Where the file is something else, or not whole.
    """
    if content[_HEADER - 4 : _HEADER] != _LITTLE_ENDIAN_5:
        raise ValueError("it does not begin as a little-endian MATLAB 5 file does")
    variables = {}
    for kind, body in _elements(content[_HEADER:], padding=1):
        if kind == _COMPRESSED:
            body = _inflate(body, most)
            most -= len(body)
            kind, body = next(_elements(body), (0, b""))
        if kind != _MATRIX:
            raise ValueError(f"it has an element of type {kind}, not a variable")
        matrix_class, sizes, name, parts = _matrix(body)
        if matrix_class == _CELL:
            if math.prod(sizes) != len(parts):
                raise ValueError(
                    f"{name} has {math.prod(sizes)} cells, of which {len(parts)} are "
                    "there"
                )
            variables[name] = [_numbers(name, part) for part in parts]
    return variables


def _inflate(body: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        element = inflater.decompress(body, most + 1)
    except zlib.error as error:
        raise ValueError(f"it has a broken part: {error}") from error
    if len(element) > most:
        raise ValueError(f"it unpacks to more than {most} bytes")
    if not inflater.eof:
        raise ValueError("it breaks off")
    return element


def _elements(content: bytes, padding: int = 8) -> Iterator[Element]:
    """Elements that follow each other."""
    start = 0
    while start < len(content):
        if start + 8 > len(content):
            raise ValueError("it breaks off")
        kind, size = struct.unpack_from("<II", content, start)
        begin = start + 8
        if small := kind >> 16:
            # Up to four bytes stand in the place of their size.
            kind, size, begin = kind & 0xFFFF, small, start + 4
        if begin + size > len(content) or small > 4:
            raise ValueError("it breaks off")
        yield kind, content[begin : begin + size]
        start = start + 8 if small else begin + size + -size % padding


def _matrix(body: bytes) -> tuple[int, tuple[int, ...], str, list[Element]]:
    """The class, the sizes and the name of a matrix, and what follows them."""
    parts = list(_elements(body))
    if len(parts) < 3 or len(parts[0][1]) != 8 or len(parts[1][1]) % 4:
        raise ValueError("it has a matrix without class, sizes or name")
    (_, flags), (_, sizes), (_, name), *rest = parts
    numbers = struct.unpack(f"<{len(sizes) // 4}i", sizes)
    if min(numbers, default=-1) < 0:
        raise ValueError(f"it has a matrix of the sizes {numbers}")
    return flags[0], numbers, name.decode("latin1"), rest


def _numbers(variable: str, element: Element) -> Array:
    kind, body = element
    if kind != _MATRIX:
        raise ValueError(f"{variable} has a cell that is no matrix")
    _, sizes, _, parts = _matrix(body)
    # The imaginary part would be a second one.
    if len(parts) != 1 or parts[0][0] not in _NUMBERS:
        raise ValueError(f"{variable} has a cell that is no matrix of real numbers")
    dtype = np.dtype(_NUMBERS[parts[0][0]])
    if len(parts[0][1]) != math.prod(sizes) * dtype.itemsize or len(sizes) > 32:
        raise ValueError(f"{variable} has a cell that is not {sizes} numbers")
    return np.frombuffer(parts[0][1], dtype).reshape(sizes, order="F")
