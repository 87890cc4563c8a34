"""Where the file of a named source lies, or else how it is fetched."""

import os
import tempfile
from pathlib import Path

from keras_gated.datasets._download import DownloadError, fetch_first
from keras_gated.datasets.files import (
    DATA_VARIABLE,
    DatasetNotFoundError,
    cache_folder,
    look_up,
)
from keras_gated.datasets.speech._catalogue import CATALOGUE, Entry
from keras_gated.datasets.speech._recordings import (
    Recording,
    fingerprint,
    read_npz,
    write_npz,
)

_WAY_OUT = (
    "Remove the file to have the source fetched anew, or name a folder with a whole "
    f"copy in `data_dir` or in the environment variable {DATA_VARIABLE}."
)


def find(name: str, data_dir: str | os.PathLike[str] | None, download: bool) -> Path:
    """Returns the file of the source `name`.

    Raises:
        DatasetNotFoundError: Where no place has it; names every place.
    """
    entry = CATALOGUE[name]
    if data_dir is not None:
        return _find_in_data_dir(name, Path(data_dir).expanduser())
    cache = cache_folder("speech")
    path, looked_in = look_up(cache, lambda folder: _find_in_folder(entry, folder))
    if path is not None:
        return path
    if download:
        try:
            return _download(entry, cache)
        except (ImportError, OSError) as error:
            looked_in.append(f"the web, to save in {cache}: {error}")
    raise DatasetNotFoundError(
        f"The speech source {name} was not found. Looked in:\n- "
        + "\n- ".join(looked_in)
        + f"\nPut its file, {entry.file_name}, into a folder and name the folder in "
        f"`data_dir` or in the environment variable {DATA_VARIABLE}"
        + ("." if download else ", or allow a download with `download=True`.")
    )


def read_canonical(path: Path, name: str) -> list[Recording]:
    """Reads `path` and makes sure that it holds the pinned recordings, no others.

    Raises:
        ValueError: Where the file cannot be read, or holds other recordings.
    """
    try:
        recordings = read_npz(path)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be read as the speech source {name}: {error}. {_WAY_OUT}"
        ) from error
    if fingerprint(recordings) != CATALOGUE[name].fingerprint:
        raise ValueError(
            f"{path} is not the speech source {name}: its {len(recordings)} recordings "
            f"differ from the published ones. {_WAY_OUT}"
        )
    return recordings


def _find_in_data_dir(name: str, data_dir: Path) -> Path:
    entry = CATALOGUE[name]
    path = _find_in_folder(entry, data_dir)
    if path is None:
        what = "does not hold" if data_dir.is_dir() else "is no folder, so it has not"
        raise DatasetNotFoundError(
            f"data_dir {data_dir} {what} the speech source {name}: {entry.file_name}, "
            "in it or in its subfolder speech. Put the file there, or leave `data_dir` "
            "out to download the source."
        )
    return path


def _find_in_folder(entry: Entry, folder: Path) -> Path | None:
    candidates = (folder / entry.file_name, folder / "speech" / entry.file_name)
    return next((path for path in candidates if path.is_file()), None)


def _download(entry: Entry, cache: Path) -> Path:
    """Keeps the recordings alone: they are read faster than the archive."""
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch_first(entry.archives, Path(folder))
        try:
            recordings = entry.read_archive(archive)
        except ValueError as error:
            raise DownloadError(f"{archive.name} was downloaded, but is {error}") from (
                error
            )
    if fingerprint(recordings) != entry.fingerprint:
        raise DownloadError(
            f"{archive.name} was downloaded, but its {len(recordings)} recordings "
            "differ from the published ones"
        )
    path = cache / entry.file_name
    write_npz(path, recordings)
    return path
