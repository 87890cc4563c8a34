"""`load_recordings`: the named sources as they were recorded."""

import os

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.speech._catalogue import CATALOGUE
from keras_gated.datasets.speech._find import find, read_canonical


def load_recordings(
    source: str,
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> list[npt.NDArray[np.int16]]:
    """Loads the whole recordings of a named source, in their order.

    Where `load` cuts windows for models of samples, this is for all else.

    Args:
        source: One of `speech.SOURCES`; see `speech.load`.
        data_dir: Folder with its file.
        download: Whether the web may be asked.

    Returns:
        Arrays `(samples,)`, 8,000 samples a second.

    Raises:
        ValueError: For an unknown source, or a file that holds other recordings.
        DatasetNotFoundError: Where no place has it.

    Examples:
        >>> from keras_gated.datasets import speech
        >>> len(speech.load_recordings("fsdd"))  # doctest: +SKIP
        3000
    """
    if source not in CATALOGUE:
        raise ValueError(
            f"Unknown source {source!r}, known are: {', '.join(CATALOGUE)}"
        )
    return read_canonical(find(source, data_dir, download), source)
