"""Zip archives, and the arrays in them, that may be broken or hostile."""

import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CORRUPT = (
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_arrays(
    source: Path | IO[bytes], max_bytes: int, names: Sequence[str] | None = None
) -> dict[str, npt.NDArray[Any]]:
    """Loads the arrays of an `.npz` file, without pickles.

    Args:
        source: The file.
        max_bytes: Most bytes that it may unpack to.
        names: The arrays that it must hold; others are left alone. By default all
            are loaded.

    Raises:
        ValueError: Where the file is not whole, unpacks to more, or lacks an array.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            check_members(archive.infolist(), max_bytes)
        if not isinstance(source, Path):
            source.seek(0)
        with np.load(source, allow_pickle=False) as archive:
            wanted = archive.files if names is None else names
            arrays = {name: archive[name] for name in wanted}
    except _CORRUPT as error:
        what = "" if names is None else f" of {list(names)}"
        raise ValueError(f"not a readable npz archive{what}: {error}") from error
    for name, array in arrays.items():
        # What lacks the first bytes of an array comes as it is; an array of items
        # without a size comes with as many of them as it says.
        if not isinstance(array, np.ndarray) or array.dtype.itemsize == 0:
            raise ValueError(f"not a readable npz archive: {name} is no array")
        # PyTorch takes no bytes in the order of other machines.
        arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False)
    return arrays


def check_members(members: Iterable[zipfile.ZipInfo], max_bytes: int) -> None:
    """Makes sure that members unpack to `max_bytes` or less, by the usual methods.

    The others, bzip2 and LZMA, are read with buffers as large as the archive says.

    Raises:
        ValueError: Where they do not.
    """
    members = list(members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > max_bytes:
        raise ValueError(f"unpacks to {unpacked} bytes, at most {max_bytes}")
    for member in members:
        if member.compress_type not in _METHODS:
            raise ValueError(
                f"{member.filename} is packed by method {member.compress_type}, not "
                "stored or deflated"
            )
