"""Latin letters as people drew them, and how they are read."""

import io
import zipfile
from pathlib import PurePosixPath
from string import ascii_lowercase
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Stroke: TypeAlias = npt.NDArray[np.int16]
"""`(points, 2)`: x to the right and y upwards, in tenths of a pixel."""

Letter: TypeAlias = list[Stroke]
Writer: TypeAlias = dict[str, Letter]
"""The letters of one person, by what they are."""

WRITERS = 20


def read_npz(content: bytes) -> list[Writer]:
    """Reads the compact layout, in which the strokes of all samples are end to end.

    Only published bytes come here: nothing about them is checked.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    strokes = _split(arrays["xy"], arrays["stroke_lengths"])
    ends = np.cumsum(arrays["strokes"], dtype=np.int64)
    latin = arrays["alphabet_names"].tolist().index("Latin")
    writers: list[Writer] = [{} for _ in range(WRITERS)]
    for sample in np.flatnonzero(arrays["alphabet"] == latin):
        letter = ascii_lowercase[arrays["character"][sample] - 1]
        first = ends[sample] - arrays["strokes"][sample]
        drawn = strokes[first : ends[sample]]
        writers[arrays["drawer"][sample] - 1][letter] = drawn
    return writers


def read_zip(content: bytes) -> list[Writer]:
    """Reads `*/Latin/character01/0683_02.txt`, the letter a of the second person.

    Only published bytes come here: nothing about them is checked.
    """
    writers: list[Writer] = [{} for _ in range(WRITERS)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            path = PurePosixPath(name)
            if path.match("strokes_*/Latin/character*/*.txt"):
                letter = ascii_lowercase[int(path.parent.name[-2:]) - 1]
                writer = writers[int(path.stem[-2:]) - 1]
                writer[letter] = _parse(archive.read(name).decode("ascii"))
    return writers


def _parse(text: str) -> Letter:
    """The strokes of a file: lines `x,y,milliseconds`, and `BREAK` after each."""
    *drawn, _ = text.removeprefix("START\n").split("BREAK\n")
    return [
        np.round(
            10 * np.loadtxt(io.StringIO(stroke), delimiter=",", ndmin=2)[:, :2]
        ).astype(np.int16)
        for stroke in drawn
    ]


def _split(points: npt.NDArray[Any], lengths: npt.NDArray[Any]) -> list[Stroke]:
    return np.split(points, np.cumsum(lengths, dtype=np.int64)[:-1])
