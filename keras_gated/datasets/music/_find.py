"""Where the file of a data set lies, or else how it is fetched."""

import os
from pathlib import Path

from keras_gated.datasets._download import fetch_first
from keras_gated.datasets.files import (
    DATA_VARIABLE,
    DatasetNotFoundError,
    cache_folder,
    look_up,
)
from keras_gated.datasets.music._catalogue import CATALOGUE, REBUILT, file_names
from keras_gated.datasets.music._rebuild import RebuildError, rebuild

_SUBFOLDERS = ("", "music", "original", "music/original")


def find(name: str, data_dir: str | os.PathLike[str] | None, download: bool) -> Path:
    """Returns the file of the data set `name`.

    Raises:
        DatasetNotFoundError: Where no place has it; names every place.
    """
    if data_dir is not None:
        return _find_in_data_dir(name, Path(data_dir).expanduser())
    cache = cache_folder("music")
    path, looked_in = look_up(cache, lambda folder: _find_in_folder(name, folder))
    if path is not None:
        return path
    if download:
        try:
            return fetch_first(CATALOGUE[name].sources, cache)
        except (ImportError, OSError) as error:
            looked_in.append(f"the web, to save in {cache}: {error}")
    if name == "jsb_chorales":
        try:
            return rebuild(cache / REBUILT, CATALOGUE[name].fingerprint)
        except (ImportError, OSError, RebuildError) as error:
            looked_in.append(f"the scores of music21, to save in {cache}: {error}")
    raise DatasetNotFoundError(
        f"The data set {name} was not found. Looked in:\n- "
        + "\n- ".join(looked_in)
        + f"\n{_file_names(name)}.\nPut one of them into a folder and name the folder "
        f"in `data_dir` or in the environment variable {DATA_VARIABLE}"
        + ("." if download else ", or allow a download with `download=True`.")
    )


def _find_in_data_dir(name: str, data_dir: Path) -> Path:
    path = _find_in_folder(name, data_dir)
    if path is None:
        what = "does not hold" if data_dir.is_dir() else "is no folder, so it has not"
        raise DatasetNotFoundError(
            f"data_dir {data_dir} {what} the data set {name}. {_file_names(name)}, in "
            "it or in its subfolders music, original or music/original. Put one of "
            "them there, or leave `data_dir` out to download the data set."
        )
    return path


def _find_in_folder(name: str, folder: Path) -> Path | None:
    candidates = (
        folder / subfolder / file_name
        for subfolder in _SUBFOLDERS
        for file_name in file_names(name)
    )
    return next((path for path in candidates if path.is_file()), None)


def _file_names(name: str) -> str:
    return "The file may be called " + ", ".join(file_names(name))
