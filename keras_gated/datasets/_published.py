"""Data sets that are one of a few published files, each known by its SHA-256."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keras_gated.datasets._download import RemoteFile, fetch_first
from keras_gated.datasets.files import (
    DATA_VARIABLE,
    DatasetNotFoundError,
    cache_folder,
    look_up,
    read_published,
)


@dataclass(frozen=True)
class PublishedSet:
    """A data set, its files, and where they are had.

    Args:
        title: What messages call it.
        kind: Name of the subfolder and of the cache in which it is looked for.
        files: The SHA-256 of each file, by the names under which it is found on disk,
            best first.
        sources: Where it is downloaded from, best first.
        origin: Where else it comes from; a sentence for messages.
    """

    title: str
    kind: str
    files: Mapping[str, str]
    sources: tuple[RemoteFile, ...]
    origin: str

    def find(self, data_dir: str | os.PathLike[str] | None, download: bool) -> Path:
        """Returns the file of the set.

        Raises:
            DatasetNotFoundError: Where no place has it; names every place.
        """
        if data_dir is not None:
            return self._find_in_data_dir(Path(data_dir).expanduser())
        cache = cache_folder(self.kind)
        path, looked_in = look_up(cache, self._find_in_folder)
        if path is not None:
            return path
        if download and self.sources:
            try:
                return fetch_first(self.sources, cache)
            except (ImportError, OSError) as error:
                looked_in.append(f"the web, to save in {cache}: {error}")
        allow = ", or allow a download with `download=True`" if self.sources else ""
        raise DatasetNotFoundError(
            f"The {self.title} was not found. Looked in:\n- "
            + "\n- ".join(looked_in)
            + f"\nThe file may be called {self._names()}. {self.origin}\nPut it into a "
            "folder and name the folder in `data_dir` or in the environment variable "
            f"{DATA_VARIABLE}{'' if download else allow}."
        )

    def read(self, path: Path) -> bytes:
        """Returns the content of a published file of the set.

        Raises:
            ValueError: Where the file is another one; not a byte of it was read but
                for its SHA-256.
        """
        try:
            return read_published(path, self.files[path.name])
        except ValueError as error:
            raise ValueError(
                f"{path} cannot be read as the {self.title}: {error}. Remove it, and "
                "name a folder with a whole copy in `data_dir` or in the environment "
                f"variable {DATA_VARIABLE}. {self.origin}"
            ) from error

    def _find_in_data_dir(self, data_dir: Path) -> Path:
        path = self._find_in_folder(data_dir)
        if path is None:
            what = "does not hold" if data_dir.is_dir() else "is no folder, so not"
            raise DatasetNotFoundError(
                f"data_dir {data_dir} {what} the {self.title}: {self._names()}, in it "
                f"or in its subfolder {self.kind}. {self.origin}"
            )
        return path

    def _find_in_folder(self, folder: Path) -> Path | None:
        candidates = (
            folder / subfolder / name
            for subfolder in ("", self.kind)
            for name in self.files
        )
        return next((path for path in candidates if path.is_file()), None)

    def _names(self) -> str:
        return " or ".join(self.files)
