#!/usr/bin/env bash
# partitura and music21: a note that is struck again at the tick of its release is lost.
#
# Expected: eight quarters on one key, each struck at the tick at which the last is let go,
# are eight notes of one beat, whichever of the two messages of a tick comes first. MIDI
# orders nothing within a tick, and files with note_on first come from legato lines, from
# merged tracks and from programs that sort by key or by kind.
# Seen: with note_off first all readers agree. With note_on first symusic, pretty_midi and
# miditoolkit still do. partitura.load_performance_midi gives seven notes of no length: the
# first is gone, and each note_off ends the note that began at its own tick. music21 gives
# eight, of which seven have no length.
# Size: each repeated note of such a file. Rolls made of it have a silence in its place.
# music21 says nothing, partitura warns of the very last release only.
#
# Close to it: pretty_midi had it in 2017, craffel/pretty-midi#131; music21 gave such notes
# a beat until cuthbertLab/music21#601.
# What to do: sort the messages of each tick, releases first, before these readers; count
# notes of no length in each file.
#
# Seen on 2026-11-28 with partitura 1.9.0, music21 10.5.1, symusic 0.6.0 and mido 1.3.3.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    partitura==1.9.0 music21==10.5.1 symusic==0.6.0 mido==1.3.3 numpy==2.4.6

cd "$room"
HOME=$room venv/bin/python -W ignore - <<'END'
import importlib.metadata
import sys

import mido
import music21
import numpy as np
import partitura
import symusic

names = ("partitura", "music21", "symusic", "mido")
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
BEAT = 480


def write(path, order):
    events = [(i * BEAT, "note_on") for i in range(8)]
    events += [(tick + BEAT, "note_off") for tick, _ in events]
    events.sort(key=lambda event: (event[0], order.index(event[1])))
    track, now = mido.MidiTrack(), 0
    for tick, kind in events:
        track.append(mido.Message(kind, note=60, velocity=64, time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=BEAT, tracks=[track]).save(path)


def beats(path):
    """The lengths of all notes, in beats of half a second."""
    performance = partitura.load_performance_midi(path).note_array()["duration_sec"] * 2
    score = music21.converter.parse(path, forceSource=True, quantizePost=False).flatten().notes
    return {
        "partitura": performance.round(3).tolist(),
        "music21": [float(note.quarterLength) for note in score],
        "symusic": [note.duration / BEAT for note in symusic.Score(path).tracks[0].notes],
    }


write("off.mid", ["note_off", "note_on"])
write("on.mid", ["note_on", "note_off"])
first_off, first_on = beats("off.mid"), beats("on.mid")
print("Expected: eight notes of one beat.")
for name in first_on:
    print(f"Seen: {name}: note_off first {first_off[name]}")
    print(f"{'':{len(name) + 8}}note_on first  {first_on[name]}")
whole = [1.0] * 8
as_described = (
    all(lengths == whole for lengths in first_off.values())
    and first_on["symusic"] == whole
    and first_on["partitura"] == [0.0] * 7
    and first_on["music21"] == [1.0] + [0.0] * 7
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
