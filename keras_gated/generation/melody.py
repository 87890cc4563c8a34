"""Melodies, notes with exact times, as MIDI files and as sound."""

import math
import os
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from keras_gated.generation._needs import check_positive
from keras_gated.generation._notes import HIGHEST_MIDI_PITCH, Note
from keras_gated.generation.midi import (
    LONGEST_BEAT,
    LONGEST_PAUSE,
    MOST_TICKS_PER_BEAT,
    TICKS_PER_BEAT,
    check_midi_number,
    save_track,
)
from keras_gated.generation.sound import Samples, mix

Melody: TypeAlias = Sequence[tuple[Any, Any, int]]
"""Notes as their onset, their duration, both in quarter notes, and the MIDI pitch."""


def write_melody(
    path: str | os.PathLike[str],
    notes: Melody,
    beat_seconds: float = 0.5,
    program: int = 0,
    velocity: int = 80,
) -> None:
    """Writes notes as a standard MIDI file of one track.

    Times are exact: a quarter note has as many ticks as its finest part asks for. Only
    parts that a MIDI file cannot have, finer than 1 / 32,767, are rounded, to no less
    than one.

    Args:
        path: The file; its folder is made if it is not there.
        notes: Onset and duration in quarter notes, numbers or fractions, and MIDI
            pitch of each note: the `notes` of a `keras_gated.datasets.tunes.Tune`.
        beat_seconds: Duration of a quarter note.
        program: MIDI program of the instrument, from 0: 0 is a piano, 40 a violin, 73
            a flute.
        velocity: How hard notes are struck, 1 to 127.

    Raises:
        ValueError: If there are no notes, notes of one pitch overlap, or an argument is
            out of range.
        ImportError: If mido is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from keras_gated.datasets import tunes
        >>> from keras_gated.generation import write_melody
        >>> tune = tunes.Tune("M:3/4 K:Gmaj G 2 B 2 (3 d e f |]".split())
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_melody(Path(folder) / "tune.mid", tune.notes(), program=73)
        ...     (Path(folder) / "tune.mid").read_bytes()[:4]
        b'MThd'
    """
    checked = _checked("write_melody", notes, beat_seconds)
    check_midi_number("write_melody", "program", program, 0)
    check_midi_number("write_melody", "velocity", velocity, 1)
    ticks = _ticks_per_beat(checked)
    beat = round(1e6 * beat_seconds)
    length = round(max(end for _, _, end in checked) * ticks)
    if not 1 <= beat <= LONGEST_BEAT or length > LONGEST_PAUSE:
        raise ValueError(
            f"A MIDI file has no quarter notes of {beat_seconds} seconds with {ticks} "
            f"ticks, {length} in all: a quarter note lasts up to "
            f"{LONGEST_BEAT / 1e6:.1f} seconds, and a file up to {LONGEST_PAUSE} ticks."
        )
    scaled = [
        Note(
            pitch,
            round(start * ticks),
            max(round(end * ticks), round(start * ticks) + 1),
        )
        for pitch, start, end in checked
    ]
    save_track(path, scaled, length, beat, ticks, program, velocity)


def synthesize_melody(
    notes: Melody, beat_seconds: float = 0.5, sample_rate: int = 22_050
) -> Samples:
    """Plays notes as decaying sums of harmonics, as `synthesize` plays a piano roll.

    Args:
        notes: Onset and duration in quarter notes, numbers or fractions, and MIDI
            pitch of each note: the `notes` of a `keras_gated.datasets.tunes.Tune`.
        beat_seconds: Duration of a quarter note.
        sample_rate: Samples per second.

    Returns:
        Samples in float32, the largest of magnitude 0.9, for `write_wav`.

    Raises:
        ValueError: If there are no notes, notes of one pitch overlap, or an argument is
            out of range.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> from keras_gated.generation import synthesize_melody
        >>> tune = tunes.Tune("M:3/4 K:Gmaj G 2 B 2 d 2 |]".split())
        >>> samples = synthesize_melody(tune.notes(), 0.5, sample_rate=8000)
        >>> samples.dtype, len(samples) / 8000
        (dtype('float32'), 1.62)
    """
    checked = _checked("synthesize_melody", notes, beat_seconds)
    check_positive("synthesize_melody", sample_rate=sample_rate)
    times = [
        (pitch, float(start) * beat_seconds, float(end) * beat_seconds)
        for pitch, start, end in checked
    ]
    return mix(times, max(end for _, _, end in times), sample_rate)


def _checked(
    function: str, notes: Melody, beat_seconds: float
) -> list[tuple[int, Fraction, Fraction]]:
    """Pitch, beginning and end of each note."""
    check_positive(function, beat_seconds=beat_seconds)
    if not notes:
        raise ValueError(f"{function} needs at least one note, received none.")
    checked = []
    ends: dict[int, Fraction] = {}
    for number, (onset, duration, pitch) in sorted(
        enumerate(notes), key=lambda numbered: numbered[1][0]
    ):
        if not (0 <= pitch <= HIGHEST_MIDI_PITCH and onset >= 0 and duration > 0):
            raise ValueError(
                f"{function} needs pitches from 0 to {HIGHEST_MIDI_PITCH}, onsets from "
                f"0 on and durations above 0. Note {number} has the pitch {pitch}, the "
                f"onset {onset} and the duration {duration}."
            )
        start = Fraction(onset)
        if start < ends.get(pitch, Fraction(0)):
            raise ValueError(
                f"{function} needs notes of one pitch to follow each other. Note "
                f"{number}, of the pitch {pitch}, begins at {onset}, before the one "
                f"before it ends, at {ends[pitch]}."
            )
        ends[pitch] = start + Fraction(duration)
        checked.append((pitch, start, ends[pitch]))
    return checked


def _ticks_per_beat(notes: Sequence[tuple[int, Fraction, Fraction]]) -> int:
    """As many as make every time whole, if a file can have them."""
    ticks = 1
    for _, *times in notes:
        for time in times:
            finer = math.lcm(ticks, time.denominator)
            ticks = finer if finer <= MOST_TICKS_PER_BEAT else ticks
    # Programs that show scores like to have some to spare.
    factor = min(-(-TICKS_PER_BEAT // ticks), MOST_TICKS_PER_BEAT // ticks)
    return ticks * factor
