"""MIDI files as piano rolls, and as a data set."""

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np

from keras_gated.datasets.music._midi_file import Note, read_notes
from keras_gated.datasets.music._piano_roll import (
    HIGHEST_PITCH,
    LOWEST_PITCH,
    PIANO_KEYS,
    PianoRoll,
    fingerprint,
)
from keras_gated.datasets.music._split import split_pieces
from keras_gated.datasets.music.dataset import MusicDataset

SUFFIXES = (".mid", ".midi")
TOLERANCE = Fraction(1, 10)
"""Of a step: what begins or ends that near to it does so on it."""

MOST_BETWEEN = 0.1
"""The share of notes between two steps that is not worth a warning."""

MOST_STEPS = 1 << 20
FINEST = 10_000
"""The largest denominator of a step."""

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class Piece:
    """A file as a roll.

    Args:
        roll: Its piano roll.
        notes: Notes in the file.
        outside: Those above or below the keys of a piano, which are left out.
        between: Those that sound between two steps only, which are left out.
    """

    roll: PianoRoll
    notes: int
    outside: int
    between: int


def read_piano_roll(
    path: PathLike, step: float | Fraction = 1, pedal: bool = False
) -> PianoRoll:
    """Reads one MIDI file as a piano roll.

    Step k of the roll holds the keys that are down at the beat k * `step` of the
    score, as in `jsb_chorales`. What begins or ends within a tenth of a step from
    there counts as on it, since what is played is never quite so. How fast the
    beats follow each other makes no difference. Held notes sound in every step; the
    roll does not say where a note is struck again, and ends with the last note.

    The channel of drums is left out. So are pitches outside the keys of a piano, with
    a warning that counts them, and notes too short to be on any step, with a warning
    if they are more than a tenth of all.

    Args:
        path: The file, of type 0 or 1.
        step: Beats of a step, where a beat is a quarter note: 1, 0.5 for eighth
            notes, 1 / 3 for triplets of them. A `fractions.Fraction` will do.
        pedal: Whether notes last as long as the sustain pedal holds them, not only
            the key.

    Returns:
        `(time, 88)`, zeros and ones in uint8, column = MIDI pitch - 21.

    Raises:
        ValueError: If `step` is not positive, or the file cannot be read or has no
            note of a piano.
        ImportError: If mido is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from keras_gated.datasets import music
        >>> from keras_gated.generation import write_midi
        >>> roll = np.zeros((4, 88), "uint8")
        >>> roll[:, [39, 43, 46]] = 1
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_midi(Path(folder) / "chord.mid", roll)
        ...     music.read_piano_roll(Path(folder) / "chord.mid", step=0.5).shape
        (8, 88)
    """
    piece = _read_piece(Path(path).expanduser(), _read_step(step), pedal)
    _tell(str(path), [piece], step)
    return piece.roll


def read_midi(
    source: PathLike | Sequence[PathLike],
    step: float | Fraction = 1,
    validation_split: float = 0.1,
    test_split: float = 0.1,
    seed: int = 0,
    pedal: bool = False,
) -> MusicDataset:
    """Reads your own MIDI files as a data set, like those that `load` gives.

    Each file becomes a roll, see `read_piano_roll`. Whole pieces go to one split:
    pieces in an order drawn from `seed` fill test, then valid, then train. Fewer than
    three pieces are cut by time, each into a first part for train, one for valid, and
    the end for test. A share is rounded, but never to nothing.

    Args:
        source: A folder, whose files `.mid` and `.midi`, in it and below it, are read
            in the order of their names; or a file; or several files.
        step: Beats of a step, where a beat is a quarter note, see `read_piano_roll`.
        validation_split: Share of the pieces, or of the steps of few pieces, for
            valid; 0 for none.
        test_split: Likewise for test.
        seed: Seed of the order of pieces.
        pedal: Whether notes last as long as the sustain pedal holds them.

    Returns:
        A `MusicDataset`, with the encoding `"piano"`.

    Raises:
        ValueError: If there is no MIDI file, one cannot be read or has fewer than two
            steps, the pieces are too few or too short to be split, or an argument is
            out of range.
        ImportError: If mido is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from keras_gated.datasets import music
        >>> from keras_gated.generation import write_midi
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for key in range(20, 30):
        ...         tune = np.eye(88, dtype="uint8")[[key, key + 4, key + 7]]
        ...         write_midi(Path(folder) / f"{key}.mid", tune)
        ...     data = music.read_midi(folder)
        >>> len(data.train), len(data.valid), len(data.test), data.train[0].shape
        (8, 1, 1, (3, 88))
    """
    beats = _read_step(step)
    name, where, paths = _find(source)
    pieces = [_read_piece(path, beats, pedal) for path in paths]
    for path, piece in zip(paths, pieces, strict=True):
        if len(piece.roll) < 2:
            raise ValueError(
                f"{path} has a single step of {step} beats; at least 2 are needed to "
                "predict one from another. Choose a smaller step, or leave it out."
            )
    _tell(name, pieces, step)
    rolls = [piece.roll for piece in pieces]
    splits = split_pieces(rolls, validation_split, test_split, seed)
    return MusicDataset(
        name=name,
        **splits,
        encoding="piano",
        source=where,
        fingerprint=fingerprint(splits),
    )


def _find(source: PathLike | Sequence[PathLike]) -> tuple[str, str, list[Path]]:
    """A name for the data, where they come from, and their files."""
    if not isinstance(source, str | os.PathLike):
        paths = [Path(path).expanduser() for path in source]
        if not paths:
            raise ValueError("read_midi needs one MIDI file or more. Received none.")
        where = f"{len(paths)} MIDI files, the first {paths[0]}"
        return paths[0].resolve().parent.name, where, paths
    path = Path(source).expanduser()
    if not path.is_dir():
        return path.stem, str(path), [path]
    found = [
        file
        for file in path.rglob("*")
        if file.suffix.lower() in SUFFIXES and file.is_file()
    ]
    if not found:
        raise ValueError(
            f"{path} holds no MIDI file, {' or '.join(SUFFIXES)}, neither in it nor "
            "below it"
        )
    # Paths themselves are ordered in another way on Windows.
    found.sort(key=lambda file: file.relative_to(path).as_posix())
    return path.resolve().name, str(path), found


def _read_step(step: float | Fraction) -> Fraction:
    try:
        beats = Fraction(step).limit_denominator(FINEST)
    except (OverflowError, TypeError, ValueError):
        beats = Fraction(0)
    if beats <= 0:
        raise ValueError(
            f"step must be a positive number of beats, at least 1 / {FINEST}. "
            f"Received step={step!r}."
        )
    return beats


def _read_piece(path: Path, step: Fraction, pedal: bool) -> Piece:
    notes = read_notes(path, pedal)
    played = [note for note in notes if LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH]
    spans = [_span(note, step) for note in played]
    heard = [
        (note.pitch, *span)
        for note, span in zip(played, spans, strict=True)
        if span is not None
    ]
    if not heard:
        raise ValueError(
            f"{path} has {len(notes)} notes without its drums, {len(played)} of them "
            f"from {LOWEST_PITCH} to {HIGHEST_PITCH}, and none on a step of "
            f"{step} beats"
        )
    steps = max(last for _, _, last in heard)
    if steps > MOST_STEPS:
        raise ValueError(
            f"{path} has {steps} steps of {step} beats; at most {MOST_STEPS} are read. "
            "Choose a larger step."
        )
    roll = np.zeros((steps, PIANO_KEYS), np.uint8)
    for pitch, first, last in heard:
        roll[first:last, pitch - LOWEST_PITCH] = 1
    return Piece(roll, len(notes), len(notes) - len(played), len(played) - len(heard))


def _span(note: Note, step: Fraction) -> tuple[int, int] | None:
    """The first step of a note and that after its last, if it is on any."""
    start, end = note.start / step, note.end / step
    first, last = math.ceil(start - TOLERANCE), math.ceil(end - TOLERANCE)
    if last > first:
        return first, last
    return (first, first + 1) if abs(start - first) <= TOLERANCE else None


def _tell(name: str, pieces: Sequence[Piece], step: float | Fraction) -> None:
    """Warns of notes that are left out."""
    notes, outside, between = (
        sum(getattr(piece, count) for piece in pieces)
        for count in ("notes", "outside", "between")
    )
    if outside:
        warnings.warn(
            f"{name}: {outside} of {notes} notes are left out, with pitches outside "
            f"the keys of a piano, {LOWEST_PITCH} to {HIGHEST_PITCH}.",
            UserWarning,
            stacklevel=3,
        )
    if between > MOST_BETWEEN * notes:
        warnings.warn(
            f"{name}: {between} of {notes} notes are left out, which sound between "
            f"two steps of {step} beats. A smaller step keeps them.",
            UserWarning,
            stacklevel=3,
        )
