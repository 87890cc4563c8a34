"""Lists of arrays and a dictionary in one file, whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gated import _archives
from keras_gated._files import replacing
from reproduce.storing import storing

MAX_BYTES = 1 << 30

Arrays = list[np.ndarray[Any, Any]]


def save_arrays(
    path: Path, groups: Mapping[str, Sequence[Any]], notes: Mapping[str, Any]
) -> None:
    """Writes groups of arrays, and notes of plain values.

    Raises:
        NotStoredError: If the file cannot be written.
    """
    arrays: dict[str, Any] = {
        f"{group}/{number}": array
        for group, values in groups.items()
        for number, array in enumerate(values)
    }
    text = json.dumps({**notes, "groups": {k: len(v) for k, v in groups.items()}})
    arrays["notes"] = np.frombuffer(text.encode(), np.uint8)
    with storing(path), replacing(path) as file:
        np.savez(file, **arrays)


def load_arrays(path: Path) -> tuple[dict[str, Arrays], dict[str, Any]]:
    """Reads what `save_arrays` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is something else.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not a file. One that a trial left is needed, such as those in "
            "the folder weights/ of a sweep."
        )
    try:
        with path.open("rb") as file:
            arrays = _archives.load_arrays(file, MAX_BYTES)
        notes = json.loads(arrays["notes"].tobytes())
        groups = {
            group: [arrays[f"{group}/{number}"] for number in range(count)]
            for group, count in notes.pop("groups").items()
        }
    except (
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(
            f"{path} is no file of arrays of this program ({error}). Move it away."
        ) from error
    return groups, notes
