"""MATLAB files unpacked, as far as their sizes can be believed.

SciPy makes room for as many cells as a file declares, and unpacks whatever is packed.
"""

import math
import struct
import zlib
from collections.abc import Iterator

_HEADER = 128
_LITTLE_ENDIAN_5 = b"\x00\x01IM"
_MATRIX, _COMPRESSED = 14, 15
_CELL = 1
_TEXT_OR_NUMBERS = (4, *range(6, 16))


def unpack_mat(content: bytes, most: int) -> bytes:
    """Returns the same file with nothing packed.

    Args:
        content: A MATLAB 5 file of cells, numbers and text.
        most: Most bytes that it may unpack to.

    Raises:
        ValueError: Where the file is something else, or not whole.
    """
    if content[_HEADER - 4 : _HEADER] != _LITTLE_ENDIAN_5:
        raise ValueError("it does not begin as a little-endian MATLAB 5 file does")
    unpacked = [content[:_HEADER]]
    for kind, body in _elements(content[_HEADER:], padding=1):
        if kind == _COMPRESSED:
            element = _inflate(body, most)
            ((kind, body),) = list(_elements(element))[:1] or [(0, b"")]
        if kind != _MATRIX:
            raise ValueError(f"it has an element of type {kind}, not a variable")
        _check_variable(body)
        most -= len(body)
        unpacked += [struct.pack("<II", kind, len(body)), body]
    return b"".join(unpacked)


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


def _elements(content: bytes, padding: int = 8) -> Iterator[tuple[int, bytes]]:
    """The types and contents of elements that follow each other."""
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


def _check_variable(body: bytes) -> None:
    kind, count, parts = _parts(body)
    if kind != _CELL:
        kinds = [kind]
    elif count != len(parts):
        raise ValueError(f"it has {count} cells, of which {len(parts)} are there")
    else:
        kinds = [_parts(cell)[0] for _, cell in parts]
    others = set(kinds) - set(_TEXT_OR_NUMBERS)
    if others:
        raise ValueError(f"it has matrices of class {min(others)}, refused")


def _parts(body: bytes) -> tuple[int, int, list[tuple[int, bytes]]]:
    """The class of a matrix, the product of its sizes, and what follows its name."""
    parts = list(_elements(body))
    if len(parts) < 3 or len(parts[0][1]) != 8 or len(parts[1][1]) % 4:
        raise ValueError("it has a variable without flags, sizes or name")
    sizes = struct.unpack(f"<{len(parts[1][1]) // 4}i", parts[1][1])
    if min(sizes, default=-1) < 0:
        raise ValueError(f"it has a matrix of the sizes {sizes}")
    return parts[0][1][0], math.prod(sizes), parts[3:]
