"""Where data files lie."""

import os
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
