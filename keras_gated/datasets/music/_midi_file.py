"""The notes of a MIDI file, with their times in beats."""

import struct
from collections import defaultdict, deque
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from keras_gated._extras import needing

DRUMS = 9
"""The channel whose numbers are drums and no pitches, counted from 0."""

PEDAL, PEDAL_DOWN = 64, 64
"""The control of the sustain pedal, and its least value that is down."""

NOTES_OFF = (120, 123)
"""The controls that end all notes of a channel."""

HEADER = struct.Struct(">4sI")
"""The first bytes of a file: "MThd", and the length of the rest of the header."""

_CORRUPT = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    TypeError,
    ValueError,
)


class Note(NamedTuple):
    """A note.

    Args:
        pitch: Its MIDI pitch.
        start: The beat at which it begins.
        end: The beat at which it ends.
    """

    pitch: int
    start: Fraction
    end: Fraction


def read_notes(path: Path, pedal: bool) -> list[Note]:
    """Reads the notes of all tracks and channels but that of the drums.

    Args:
        path: The file.
        pedal: Whether notes last as long as the sustain pedal holds them.

    Raises:
        ValueError: If it is no MIDI file, is not whole, or counts no beats.
        ImportError: If mido is missing.
    """
    with needing(f"{path}: reading MIDI files needs mido", "generate"):
        import mido
    try:
        _check_header(path)
        # What is out of range in a message is not in the notes that are read.
        file = mido.MidiFile(path, clip=True)
        messages = list(mido.merge_tracks(file.tracks))
    except (*_CORRUPT, mido.KeySignatureError) as error:
        reason = str(error) or type(error).__name__
        raise ValueError(f"{path} cannot be read as a MIDI file: {reason}") from error
    if file.type not in (0, 1):
        raise ValueError(
            f"{path} is a MIDI file of type {file.type}. Those of type 0 and 1 are "
            "read, in which all tracks play at once."
        )
    if file.ticks_per_beat < 1:
        raise ValueError(
            f"{path} counts time in frames of a film, not in beats. Save it with "
            "ticks for a quarter note."
        )
    ticks = _pair(messages, pedal)
    return [
        Note(
            pitch,
            Fraction(start, file.ticks_per_beat),
            Fraction(end, file.ticks_per_beat),
        )
        for pitch, start, end in ticks
    ]


def _check_header(path: Path) -> None:
    """Raises a `ValueError` if the header says that it is longer than the file.

    mido would ask for so much memory.
    """
    with path.open("rb") as file:
        start = file.read(HEADER.size)
    if len(start) < HEADER.size:
        return
    kind, length = HEADER.unpack(start)
    if kind == b"MThd" and length > path.stat().st_size - HEADER.size:
        raise ValueError(f"its header has {length} bytes, more than the file")


def _pair(messages: Iterable[Any], pedal: bool) -> list[tuple[int, int, int]]:
    """Pitch, beginning and end in ticks: the note that began first ends first."""
    found: list[tuple[int, int, int]] = []
    sounding: dict[tuple[int, int], deque[int]] = defaultdict(deque)
    # What is released, but held by the pedal of its channel.
    held: dict[int, list[tuple[int, int]]] = {}
    now = 0

    def release(channel: int, pitch: int) -> None:
        start = sounding[channel, pitch].popleft()
        if channel in held:
            held[channel].append((pitch, start))
        else:
            found.append((pitch, start, now))

    def lift(channel: int) -> None:
        found.extend((pitch, start, now) for pitch, start in held.pop(channel, ()))

    def release_all(channels: Iterable[int]) -> None:
        for channel, pitch in list(sounding):
            while channel in channels and sounding[channel, pitch]:
                release(channel, pitch)

    for message in messages:
        now += message.time
        if getattr(message, "channel", DRUMS) == DRUMS:
            continue
        if message.type == "note_on" and message.velocity:
            sounding[message.channel, message.note].append(now)
        elif message.type in ("note_on", "note_off"):
            if sounding[message.channel, message.note]:
                release(message.channel, message.note)
        elif message.type == "control_change" and message.control in NOTES_OFF:
            release_all((message.channel,))
        elif pedal and message.type == "control_change" and message.control == PEDAL:
            if message.value >= PEDAL_DOWN:
                held.setdefault(message.channel, [])
            else:
                lift(message.channel)
    release_all(range(16))
    for channel in list(held):
        lift(channel)
    return found
