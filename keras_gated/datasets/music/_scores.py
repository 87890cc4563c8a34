"""The chorales in the package music21: what its singers sing on a grid of sixteenths.

Its files are read as they are, MusicXML with a note for each `note`, bare or in a zip
archive, so that neither music21 nor a certain version of its parser is needed to run.
"""

import zipfile
from fractions import Fraction
from math import ceil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from keras_gated.datasets._music21 import corpus_folder

GRID = 4
"""Points in a quarter note, the unit of time of scores."""

VOICES = ("Soprano", "Alto", "Tenor", "Bass")

Voices = npt.NDArray[np.uint8]
"""MIDI pitches `(time, 4)`, 0 where a voice is silent."""

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_BROKEN = (
    AttributeError,
    KeyError,
    OSError,
    TypeError,
    ValueError,
    ElementTree.ParseError,
    zipfile.BadZipFile,
)


class ScoreError(ValueError):
    """A score is missing, or not written as those that were tried."""


def scores_folder() -> Path:
    """The folder of Bach's scores in the installed music21.

    Raises:
        ImportError: Where music21 is not installed.
    """
    return corpus_folder("bach", "reproduce")


def read_score(folder: Path, name: str) -> Voices:
    """Reads the four voices of a score.

    A voice is the first part whose name begins like its; a second soprano and
    instruments are left out.

    Args:
        folder: Where the scores are.
        name: What follows `bwv` in the name of the file.

    Returns:
        The pitch that each voice sings at every sixteenth note.

    Raises:
        ScoreError: If there is no such score, or not such a one.
    """
    try:
        root = ElementTree.fromstring(_content(folder, name))
        names = {
            part.attrib["id"]: part.findtext("part-name") or ""
            for part in root.iter("score-part")
        }
        parts = {part.attrib["id"]: part for part in root.iter("part")}
        voices = [_pitches(parts[_called_like(voice, names)]) for voice in VOICES]
    except _BROKEN as error:
        raise ScoreError(
            f"{folder} has no score bwv{name} of four voices: {error}"
        ) from error
    length = max(map(len, voices))
    return np.stack([np.pad(v, (0, length - len(v))) for v in voices], axis=1)


def _called_like(voice: str, names: dict[str, str]) -> str:
    for key, name in names.items():
        if name.startswith(voice):
            return key
    raise ValueError(f"no part is called {voice}")


def _content(folder: Path, name: str) -> bytes:
    bare = folder / f"bwv{name}.xml"
    if bare.is_file():
        return bare.read_bytes()
    with zipfile.ZipFile(folder / f"bwv{name}.mxl") as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        root_file = container.find(".//{*}rootfile")
        return archive.read(root_file.attrib["full-path"])  # type: ignore[union-attr]


def _pitches(part: ElementTree.Element) -> npt.NDArray[np.uint8]:
    """What sounds at each point of the grid; what is between two points is not seen."""
    sung: list[tuple[int, int, int]] = []
    now, divisions = Fraction(0), 1
    for element in part.iterfind("measure/*"):
        if element.tag == "attributes":
            divisions = int(element.findtext("divisions") or divisions)
        elif element.tag in ("note", "forward") and element.find("grace") is None:
            duration = Fraction(int(element.findtext("duration") or 0), divisions)
            end = now + GRID * duration
            if (pitch := element.find("pitch")) is not None:
                sung.append((ceil(now), ceil(end), _midi(pitch)))
            now = end
    pitches = np.zeros(ceil(now), np.uint8)
    for first, last, midi in sung:
        pitches[first:last] = midi
    return pitches


def _midi(pitch: ElementTree.Element) -> int:
    octave = int(pitch.findtext("octave") or "")
    alter = int(pitch.findtext("alter") or 0)
    return 12 * (octave + 1) + _SEMITONES[pitch.findtext("step") or ""] + alter
