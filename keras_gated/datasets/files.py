"""Where data files lie."""

import hashlib
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


def read_published(path: Path, sha256: str) -> bytes:
    """Returns the content of a file if it is the published one.

    Raises:
        ValueError: Where it is not, without a look at more than its SHA-256.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise ValueError(
                f"its SHA-256 is {found}, that of the published file {sha256}"
            )
        file.seek(0)
        return file.read()


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
