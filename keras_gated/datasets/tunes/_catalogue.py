"""The collections of tunes, and where they are found."""

import lzma
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from keras_gated.datasets._music21 import corpus_folder
from keras_gated.datasets._published import PublishedSet
from keras_gated.datasets.files import DatasetNotFoundError
from keras_gated.datasets.tunes.reading import decoded

Place: TypeAlias = str | os.PathLike[str] | None


@dataclass(frozen=True)
class Published:
    """A collection in one file that is known by its SHA-256."""

    file: PublishedSet

    def texts(self, data_dir: Place) -> Iterator[tuple[str, str]]:
        """The name and the text of each file."""
        path = self.file.find(data_dir, download=False)
        content = self.file.read(path)
        if path.suffix == ".xz":
            content = lzma.decompress(content)
        yield path.name.removesuffix(".xz"), content.decode("ascii")


@dataclass(frozen=True)
class InMusic21:
    """A collection in a folder of the installed music21."""

    folder: str

    def texts(self, data_dir: Place) -> Iterator[tuple[str, str]]:
        """The name and the text of each file, in the order of names."""
        try:
            folder = corpus_folder(self.folder, "tunes")
        except ImportError as error:
            raise DatasetNotFoundError(
                f"the tunes of {self.folder} come with the package music21: {error}"
            ) from error
        paths = sorted(folder.glob("*.abc"), key=lambda path: path.name)
        if not paths:
            raise DatasetNotFoundError(f"{folder} holds no .abc files")
        for path in paths:
            yield path.name, decoded(path.read_bytes())


_NOTTINGHAM = PublishedSet(
    title="collection of tunes nottingham",
    kind="text",
    files={
        "nottingham_abc_cleaned.abc.xz": (
            "7649062d609d9140d37c91b0bbf69ba6f1affa96800992cfbcc6442a7ec959fc"
        ),
        "nottingham_abc_cleaned.abc": (
            "b1c9a8ec080e9a81ce22f3d8ce014f23d381ba59e5a6119b44f162b12b910824"
        ),
    },
    sources=(),
    origin=(
        "It is what the files ABC_cleaned/*.abc of "
        "https://github.com/jukedeck/nottingham-dataset at 0992bb6 are, end to end in "
        "the order of their names and with line ends of Unix."
    ),
)

CATALOGUE: dict[str, Published | InMusic21] = {
    "nottingham": Published(_NOTTINGHAM),
    "oneill": InMusic21("oneills1850"),
    "ryan": InMusic21("ryansMammoth"),
    "aird": InMusic21("airdsAirs"),
    "essen": InMusic21("essenFolksong"),
}
