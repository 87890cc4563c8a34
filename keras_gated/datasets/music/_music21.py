"""A stand-in for JSB Chorales on machines without a network.

The package music21 ships Bach's chorales as scores. They are converted as the
published set was (a step for each quarter note, transposed to C), but from another
edition and with another split: results are not comparable with published ones.
"""

import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.datasets.music._piano_roll import (
    LOWEST_PITCH,
    PIANO_KEYS,
    PianoRoll,
    Splits,
)
from keras_gated.datasets.music._read_npz import write_npz

_CONVERTER_VERSION = 1
_SPLIT_SIZES = (229, 76, 77)
# Movements with orchestral interludes are silent for longer.
_LEAST_SINGING = 0.75
_VOICES = ("Soprano", "Alto", "Tenor", "Bass")


def music21_version() -> str:
    """The version of the installed music21.

    Raises:
        ImportError: Where it is not installed.
    """
    try:
        return importlib.metadata.version("music21")
    except importlib.metadata.PackageNotFoundError as error:
        raise ImportError(
            "The stand-in for JSB Chorales is made from the scores of music21: "
            'pip install "keras_gated[reproduce]"'
        ) from error


def converted_chorales(folder: Path) -> Path:
    """The npz file of the converted chorales in `folder`, written if not yet there."""
    version = f"{music21_version()}-v{_CONVERTER_VERSION}"
    path = folder / f"jsb_chorales-music21-{version}.npz"
    if not path.is_file():
        print("Converting the Bach chorales of music21")
        write_npz(path, split_chorales(convert_scores(score_paths())))
    return path


def score_paths() -> list[Path]:
    """The Bach scores of music21's own corpus, in the order of their BWV numbers."""
    from music21.corpus.corpora import CoreCorpus

    scores = CoreCorpus().getComposer("bach")
    return sorted(
        (Path(score) for score in scores if Path(score).name.startswith("bwv")),
        key=lambda path: ([int(n) for n in re.findall(r"\d+", path.stem)], path.name),
    )


def convert_scores(paths: Iterable[Path]) -> list[PianoRoll]:
    """Converts the scores with four voices, each distinct piece once."""
    from music21.converter import Converter

    rolls: dict[bytes, PianoRoll] = {}
    paths = list(paths)
    progress = keras.utils.Progbar(len(paths), unit_name="score")
    for number, path in enumerate(paths, start=1):
        converter = Converter()
        # The other ways to parse a file keep pickles in a shared temporary folder.
        converter.parseFileNoPickle(path)
        voices = _voices(converter.stream)
        if voices is not None:
            roll = _to_piano_roll(voices, converter.stream.analyze("key"))
            if roll.any(axis=1).mean() > _LEAST_SINGING:
                rolls.setdefault(roll.tobytes(), roll)
        progress.update(number)
    return list(rolls.values())


def split_chorales(rolls: list[PianoRoll]) -> Splits:
    """Splits in order, into the published sizes or, of fewer pieces, in proportion."""
    total = min(len(rolls), sum(_SPLIT_SIZES))
    valid, test = (total * size // sum(_SPLIT_SIZES) for size in _SPLIT_SIZES[1:])
    train = total - valid - test
    return {
        "train": rolls[:train],
        "valid": rolls[train : train + valid],
        "test": rolls[train + valid : total],
    }


def _voices(score: Any) -> list[Any] | None:
    parts = list(score.parts)
    if len(parts) == len(_VOICES):
        return parts
    named = {part.partName: part for part in parts}
    return [named[voice] for voice in _VOICES] if set(_VOICES) <= set(named) else None


def _to_piano_roll(voices: list[Any], key: Any) -> PianoRoll:
    shift = (6 - key.tonic.pitchClass) % 12 - 6
    steps = int(np.ceil(max(float(voice.highestTime) for voice in voices)))
    roll = np.zeros((steps, PIANO_KEYS), np.uint8)
    for voice in voices:
        for note in voice.flatten().notes:
            begin = float(note.offset)
            sounding = slice(
                int(np.ceil(begin)), int(np.ceil(begin + float(note.quarterLength)))
            )
            for pitch in note.pitches:
                roll[sounding, pitch.midi + shift - LOWEST_PITCH] = 1
    return roll
