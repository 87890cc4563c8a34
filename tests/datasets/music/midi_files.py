"""MIDI files that mido writes, and rolls."""

import mido
import numpy as np

TICKS = 480


def note(pitch, start, end, channel=0):
    """The messages of a note, with times in ticks from the beginning."""
    return [
        (start, mido.Message("note_on", note=pitch, channel=channel)),
        (end, mido.Message("note_off", note=pitch, channel=channel)),
    ]


def control(time, number, value, channel=0):
    message = mido.Message(
        "control_change", control=number, value=value, channel=channel
    )
    return [(time, message)]


def track(*events):
    """A track of events in order of time; of one time, in the order given."""
    ordered = sorted((event for part in events for event in part), key=lambda e: e[0])
    made, now = mido.MidiTrack(), 0
    for time, message in ordered:
        made.append(message.copy(time=time - now))
        now = time
    return made


def save(path, *tracks, ticks=TICKS, kind=1):
    mido.MidiFile(type=kind, tracks=list(tracks), ticks_per_beat=ticks).save(path)
    return path


def heard(roll):
    """The pitches of each step."""
    return [(np.flatnonzero(step) + 21).tolist() for step in roll]


def random_roll(seed=0, steps=24):
    rng = np.random.default_rng(seed)
    roll = (rng.random((steps, 88)) < 0.05).astype(np.uint8)
    roll[-1, 40] = 1
    return roll
