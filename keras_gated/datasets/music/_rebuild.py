"""JSB Chorales, frame by frame, from the scores in music21 and a table."""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from keras_gated.datasets._music21 import music21_version
from keras_gated.datasets.music._chorale_table import (
    UNCHANGED,
    Correction,
    Frame,
    Sampled,
    WrittenOut,
    read_table,
)
from keras_gated.datasets.music._piano_roll import (
    LOWEST_PITCH,
    PIANO_KEYS,
    SPLITS,
    PianoRoll,
    Splits,
    fingerprint,
)
from keras_gated.datasets.music._read_npz import write_npz
from keras_gated.datasets.music._scores import (
    ScoreError,
    Voices,
    read_score,
    scores_folder,
)

SIZES = (229, 76, 77)
"""Sequences in each split."""

TESTED = "music21>=9.1,<11"
"""The versions whose scores are known to give the data set."""


class RebuildError(ValueError):
    """What came out is not the data set."""


def rebuild(path: Path, expected: str) -> Path:
    """Makes JSB Chorales from the scores of the installed music21.

    Args:
        path: The `.npz` file to write it to.
        expected: Its fingerprint.

    Returns:
        `path`.

    Raises:
        ImportError: Where music21 is not installed.
        RebuildError: Where its scores are not those that were tested.
        OSError: Where the file cannot be written.
    """
    folder = scores_folder()
    # Fails before the work where it cannot be kept.
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"Making JSB Chorales from the scores in {folder}")
    splits = rebuild_from(folder)
    if fingerprint(splits) != expected:
        raise RebuildError(f"those in {folder} give other music. {_advice()}")
    write_npz(path, splits)
    return path


def rebuild_from(folder: Path) -> Splits:
    """Makes JSB Chorales from the scores in `folder`, and shows a progress bar.

    Raises:
        RebuildError: Where a score is missing or of another form.
    """
    table = read_table()
    progress = keras.utils.Progbar(len(table), unit_name="chorale")
    rolls = []
    for number, line in enumerate(table, start=1):
        try:
            rolls.append(_roll(line, lambda score: read_score(folder, score)))
        except ScoreError as error:
            raise RebuildError(f"{error}. {_advice()}") from error
        progress.update(number)
    in_order = iter(rolls)
    return {
        split: list(islice(in_order, size))
        for split, size in zip(SPLITS, SIZES, strict=True)
    }


def _advice() -> str:
    return (
        f"Those of {TESTED} are known to give it, and music21 {music21_version()} is "
        f'installed: pip install "{TESTED}"'
    )


def _roll(line: WrittenOut | Sampled, score_of: Callable[[str], Voices]) -> PianoRoll:
    if isinstance(line, WrittenOut):
        frames = line.frames
    else:
        frames = _corrected(_sample(score_of(line.score), line), line.corrections)
    roll = np.zeros((len(frames), PIANO_KEYS), np.uint8)
    for step, frame in enumerate(frames):
        roll[step, np.array(frame, int) - LOWEST_PITCH] = 1
    return roll


def _sample(voices: Voices, line: Sampled) -> list[list[int]]:
    """The pitch of each voice at the times of a sequence, 0 where it rests."""
    time = np.arange(len(voices))
    sounding = voices.any(axis=1)
    # The last chord goes on where a sequence is longer than its score.
    at = np.minimum(line.times, time[sounding][-1])
    if line.holds_in_rests:
        at = np.maximum.accumulate(np.where(sounding, time, 0))[at]
    pitches = voices[at].astype(int)
    return np.where(pitches, pitches + line.semitones, 0).tolist()


def _corrected(
    sampled: list[list[int]], corrections: Mapping[int, Correction]
) -> tuple[Frame, ...]:
    frames = []
    before = sampled[0]
    for step, pitches in enumerate(sampled):
        correction = corrections.get(step, UNCHANGED)
        for voice in correction.held:
            pitches[voice] = before[voice]
        for voice, semitones in correction.semitones:
            pitches[voice] += semitones
        before = pitches
        sung = tuple(pitch for pitch in pitches if pitch)
        frames.append(sung if correction.frame is None else correction.frame)
    return tuple(frames)
