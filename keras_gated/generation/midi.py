"""Piano rolls as MIDI files."""

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from keras_gated._extras import needing
from keras_gated._files import replacing
from keras_gated.generation._needs import check_positive
from keras_gated.generation._notes import (
    HIGHEST_MIDI_PITCH,
    LOWEST_PITCH,
    Note,
    read_notes,
)

TICKS_PER_BEAT = 480
"""At least, so that programs which show scores can place what is played in them."""

MOST_TICKS_PER_BEAT = 0x7FFF
LONGEST_PAUSE = 0x0FFFFFFF
"""Ticks between two events at most."""

LONGEST_BEAT = 0xFFFFFF
"""Microseconds that a MIDI file can give to a beat at most."""


def write_midi(
    path: str | os.PathLike[str],
    roll: Any,
    step_seconds: float = 0.5,
    beats_per_step: float | Fraction = 1.0,
    lowest_pitch: int = LOWEST_PITCH,
    program: int = 0,
    velocity: int = 80,
) -> None:
    """Writes a piano roll as a standard MIDI file of one track.

    A pitch that is on in steps that follow each other is one held note: a roll does
    not say where a note is struck again.

    Args:
        path: The file; its folder is made if it is not there.
        roll: Zeros and ones `(steps, pitches)`.
        step_seconds: Duration of a step.
        beats_per_step: Beats that a step takes in the score: 1 where a step is a
            quarter note, as in `jsb_chorales`, 0.5 where it is an eighth, 1 / 3 or
            `fractions.Fraction(1, 3)` where it is a triplet of eighths. It changes
            how a score looks, not how it sounds.
        lowest_pitch: MIDI pitch of the first column: 21 for rolls of 88 keys, 1 for
            those with `encoding="paper"`.
        program: MIDI program of the instrument, from 0: 0 is a piano, 19 an organ.
        velocity: How hard notes are struck, 1 to 127.

    Raises:
        ValueError: If `roll` is no piano roll or another argument is out of range.
        ImportError: If mido is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from keras_gated.generation import write_midi
        >>> roll = np.zeros((4, 88), "uint8")
        >>> roll[:, [39, 43, 46]] = 1
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_midi(Path(folder) / "chord.mid", roll, step_seconds=0.6)
        ...     (Path(folder) / "chord.mid").read_bytes()[:4]
        b'MThd'
    """
    check_positive(
        "write_midi", step_seconds=step_seconds, beats_per_step=float(beats_per_step)
    )
    check_midi_number("write_midi", "program", program, 0)
    check_midi_number("write_midi", "velocity", velocity, 1)
    notes = read_notes(roll, lowest_pitch)
    ticks, ticks_per_beat = _ticks(beats_per_step)
    beat = round(1e6 * step_seconds * ticks_per_beat / ticks) if ticks else 0
    if not 1 <= beat <= LONGEST_BEAT or len(roll) * ticks > LONGEST_PAUSE:
        raise ValueError(
            f"A MIDI file has no beat of {step_seconds / beats_per_step} seconds that "
            f"is cut into {len(roll)} steps of {beats_per_step} beats: a beat lasts up "
            f"to {LONGEST_BEAT / 1e6:.1f} seconds and has up to {MOST_TICKS_PER_BEAT} "
            f"ticks, and a file up to {LONGEST_PAUSE}."
        )
    scaled = [Note(note.pitch, note.start * ticks, note.end * ticks) for note in notes]
    save_track(path, scaled, len(roll) * ticks, beat, ticks_per_beat, program, velocity)


def save_track(
    path: str | os.PathLike[str],
    notes: Sequence[Note],
    length: int,
    beat: int,
    ticks_per_beat: int,
    program: int,
    velocity: int,
) -> None:
    """Writes a MIDI file of one track.

    Args:
        path: The file.
        notes: Notes whose times are ticks.
        length: Ticks from the beginning to the end.
        beat: Microseconds of a beat.
        ticks_per_beat: Ticks in it.
        program: MIDI program.
        velocity: That of every note.

    Raises:
        ImportError: If mido is missing.
    """
    with needing("MIDI files need mido. Install it with", "generate"):
        import mido
    track = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=beat),
            mido.Message("program_change", program=program),
        ]
    )
    now = 0
    for time, kind, pitch in _events(notes):
        track.append(mido.Message(kind, note=pitch, velocity=velocity, time=time - now))
        now = time
    track.append(mido.MetaMessage("end_of_track", time=length - now))
    file = mido.MidiFile(type=0, tracks=[track], ticks_per_beat=ticks_per_beat)
    with replacing(Path(path)) as target:
        file.save(file=target)


def _ticks(beats_per_step: float | Fraction) -> tuple[int, int]:
    """Ticks of a step and of a beat, both whole, so that no step is longer."""
    beats = Fraction(beats_per_step).limit_denominator(MOST_TICKS_PER_BEAT)
    factor = -(-TICKS_PER_BEAT // beats.denominator)
    return beats.numerator * factor, beats.denominator * factor


def _events(notes: Sequence[Note]) -> list[tuple[int, str, int]]:
    """Times, kinds and pitches in order of time, ends before beginnings."""
    ends = [(note.end, "note_off", note.pitch) for note in notes]
    return sorted(ends + [(note.start, "note_on", note.pitch) for note in notes])


def check_midi_number(function: str, name: str, value: int, lowest: int) -> None:
    """Checks that a number fits into 7 bits.

    Raises:
        ValueError: If it does not.
    """
    if not lowest <= value <= HIGHEST_MIDI_PITCH:
        raise ValueError(
            f"{function} needs {name} from {lowest} to {HIGHEST_MIDI_PITCH}. Received "
            f"{name}={value}."
        )
