"""MIDI files."""

import functools
import io
from fractions import Fraction

import mido
import numpy as np

from keras_gated.datasets.music.midi import MOST_STEPS, _read_piece
from tests.fuzz.reader import Reader, demand

TICKS = 96


def midi_of(*tracks, kind=1):
    file = io.BytesIO()
    mido.MidiFile(type=kind, ticks_per_beat=TICKS, tracks=list(tracks)).save(file=file)
    return file.getvalue()


def melody(seed, channel=0):
    rng = np.random.default_rng(seed)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=400_000)])
    track.append(mido.Message("control_change", control=64, value=100, channel=channel))
    for pitch in rng.integers(30, 90, 12):
        for kind in ("note_on", "note_off"):
            time = int(rng.integers(1, 3 * TICKS))
            track.append(
                mido.Message(kind, note=int(pitch), channel=channel, time=time)
            )
    track.append(mido.MetaMessage("key_signature", key="C"))
    return track


@functools.cache
def files():
    return {
        "one track": midi_of(melody(0), kind=0),
        "two tracks": midi_of(melody(1), melody(2, channel=3)),
    }


@functools.cache
def hostile_files():
    whole = files()["one track"]
    long = mido.MidiTrack(
        [mido.Message("note_on", note=60), mido.Message("note_off", note=60)]
    )
    long[-1].time = 2**28 - 1
    return {
        "a note of years": midi_of(*[long] * 40),
        "many tracks": whole[:10] + b"\x7f\xff" + whole[12:],
        "no ticks": whole[:12] + b"\0\0" + whole[14:],
        "a track without an end": whole[:18] + b"\x7f\xff\xff\xff" + whole[22:],
        "a time without an end": whole[:22] + b"\xff" * 10_000,
        "a message of gigabytes": whole[:22] + b"\0\xff\x01\x8f\xff\xff\x7f",
        "a header alone": whole[:14],
        "a header of gigabytes": whole[:4] + b"\xff" * 4 + whole[8:],
    }


def check_piece(piece):
    roll = piece.roll
    demand(roll.dtype == np.uint8 and roll.ndim == 2, f"{roll.dtype} {roll.ndim}-d")
    demand(0 < len(roll) <= MOST_STEPS and roll.shape[1] == 88, f"shape {roll.shape}")
    demand(roll.max() == 1 and roll[-1].any(), "a roll that does not end with a note")
    demand(piece.notes > piece.outside + piece.between - 1, "more notes than there are")


READERS = {
    "MIDI": Reader(
        suffix=".mid",
        read=lambda path: _read_piece(path, Fraction(1, 4), pedal=True),
        check=check_piece,
        whole=files,
        hostile=hostile_files,
    ),
}
