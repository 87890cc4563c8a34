"""Arrays out of an `.npz` file that may be broken or hostile."""

import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated.datasets._zip import check_members

_CORRUPT = (
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_arrays(
    path: Path, names: Sequence[str], max_bytes: int
) -> dict[str, npt.NDArray[Any]]:
    """Loads the arrays `names`, without pickles.

    Args:
        path: An `.npz` file.
        names: The arrays that it must hold; others are left alone.
        max_bytes: Most bytes that it may unpack to.

    Raises:
        ValueError: Where the file is not whole, unpacks to more, or lacks an array.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive.infolist(), max_bytes)
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in names}
    except _CORRUPT as error:
        raise ValueError(
            f"not a readable npz archive of {list(names)}: {error}"
        ) from error
    for name, array in arrays.items():
        # What lacks the first bytes of an array comes as it is.
        if not isinstance(array, np.ndarray):
            raise ValueError(f"not a readable npz archive: {name} is no array")
    return arrays
