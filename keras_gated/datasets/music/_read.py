"""One door to the readers: a file in, piano rolls out, or an error with a way out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from keras_gated.datasets.files import DATA_VARIABLE, read_published
from keras_gated.datasets.music._catalogue import CATALOGUE, REBUILT
from keras_gated.datasets.music._piano_roll import SPLITS, Splits, fingerprint
from keras_gated.datasets.music._read_mat import read_mat
from keras_gated.datasets.music._read_npz import read_npz
from keras_gated.datasets.music._read_pickle import read_packed_pickle, read_pickle

_READERS: dict[str, Callable[[bytes], Splits]] = {
    ".npz": lambda content: read_npz(BytesIO(content)),
    ".mat": read_mat,
    ".pickle": read_pickle,
    ".xz": read_packed_pickle,
}


def read_canonical(path: Path, name: str) -> Splits:
    """Reads `path` if it is a published file of the data set, and no other.

    The file that is made of music21's scores is read by NumPy alone, and known by its
    sequences.

    Raises:
        ValueError: Where it is another file, or holds other music; names the file, the
            data set and the way out.
    """
    entry = CATALOGUE[name]
    try:
        if path.name == REBUILT:
            splits = read_npz(path)
        else:
            content = read_published(path, entry.files[path.name])
            splits = _READERS[path.suffix](content)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be read as the data set {name}: {error}. {_way_out(name)}"
        ) from error
    if fingerprint(splits) != entry.fingerprint:
        counts = ", ".join(f"{len(splits[split])} {split}" for split in SPLITS)
        raise ValueError(
            f"{path} is not the data set {name}: its {counts} sequences differ from "
            f"the published ones. {_way_out(name)}"
        )
    return splits


def _way_out(name: str) -> str:
    urls = " or ".join(source.url for source in CATALOGUE[name].sources)
    return (
        f"Remove the file to have the data set fetched anew, from {urls}, or name a "
        f"folder with a whole copy in `data_dir` or in the environment variable "
        f"{DATA_VARIABLE}. Other music comes in by `music.read_midi`, or as arrays by "
        "`SequenceBatches.next_step`."
    )
