"""One door to the readers: a file in, piano rolls out, or an error with a way out."""

from pathlib import Path

from keras_gated.datasets.files import DATA_VARIABLE
from keras_gated.datasets.music._catalogue import CATALOGUE
from keras_gated.datasets.music._piano_roll import SPLITS, Splits, fingerprint
from keras_gated.datasets.music._read_mat import read_mat
from keras_gated.datasets.music._read_npz import read_npz
from keras_gated.datasets.music._read_pickle import read_pickle

_READERS = {
    ".npz": read_npz,
    ".mat": read_mat,
    ".pickle": read_pickle,
    ".xz": read_pickle,
}

_WAY_OUT = (
    "Remove the file to have the data set fetched anew, or name a folder with a whole "
    f"copy in `data_dir` or in the environment variable {DATA_VARIABLE}."
)


def read(path: Path, name: str) -> Splits:
    """Reads the file `path` of the data set `name`, in whatever layout it is.

    Raises:
        ValueError: Where the file is not whole or not of its layout; names the file,
            the data set and the way out.
    """
    try:
        return _READERS[path.suffix](path)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be read as the data set {name}: {error}. {_WAY_OUT}"
        ) from error


def read_canonical(path: Path, name: str) -> Splits:
    """Reads `path` and makes sure that it holds the published sequences, no others.

    Raises:
        ValueError: Where the file cannot be read, or holds other music.
    """
    splits = read(path, name)
    if fingerprint(splits) != CATALOGUE[name].fingerprint:
        counts = ", ".join(f"{len(splits[split])} {split}" for split in SPLITS)
        raise ValueError(
            f"{path} is not the data set {name}: its {counts} sequences differ from "
            f"the published ones. {_WAY_OUT}"
        )
    return splits
