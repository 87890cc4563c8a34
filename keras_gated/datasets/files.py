"""Where data files lie."""

import os
from collections.abc import Callable
from pathlib import Path

DATA_VARIABLE = "KERAS_GATED_DATA"


class DatasetNotFoundError(FileNotFoundError, ValueError):
    """No place that was looked in holds the data set."""


def data_folder() -> Path | None:
    """The folder that the environment variable `KERAS_GATED_DATA` names, if any."""
    folder = os.environ.get(DATA_VARIABLE)
    return Path(folder).expanduser() if folder else None


def cache_folder(kind: str) -> Path:
    """The folder for downloads of one kind of data, inside Keras' own cache."""
    keras_home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    return keras_home / "datasets" / "keras_gated" / kind


def look_up(
    cache: Path, find_in: Callable[[Path], Path | None]
) -> tuple[Path | None, list[str]]:
    """Looks for a file in the user's data folder, then in the cache.

    Args:
        cache: The folder for downloads of this kind of data.
        find_in: Finds the file in a folder.

    Returns:
        The file, if it is there, and the places that were looked in.
    """
    looked_in: list[str] = []
    for title, folder in ((f"{DATA_VARIABLE} = ", data_folder()), ("", cache)):
        if folder is not None:
            if path := find_in(folder):
                return path, looked_in
            looked_in.append(f"{title}{folder}")
    return None, looked_in
