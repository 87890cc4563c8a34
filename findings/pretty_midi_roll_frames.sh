#!/usr/bin/env bash
# pretty_midi: a piano roll sampled at the grid of the music has notes one frame too early.
#
# Expected: get_piano_roll(fs) with four frames to the beat of a file's own tempo has each
# sixteenth note of that file in its own frame.
# Seen: begins and ends are multiplied by fs and cut to whole numbers. The products of the
# two are a whole number only up to rounding, and what comes out a hair below it falls into
# the frame before. Which notes do depends on the tempo: none at 60 or 120 beats a minute,
# a third at 72, all of them at 116, where the roll ends up a frame short as well.
# Size: of 20 usual tempi 8 are concerned. In a comparison by frames, and for a model of
# frames, each such note is one that is missed and one that is wrong.
#
# The step is in Instrument.get_piano_roll, whose documentation does not speak of rounding.
# What to do: sample by ticks. Ask for a frame to each tick and take those in the middle of
# the steps, as below; or count in ticks from the start, as symusic and miditoolkit do.
#
# Seen on 2026-11-28 with pretty_midi 0.2.11.post0, mido 1.3.3 and numpy 2.4.6.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    pretty_midi==0.2.11.post0 mido==1.3.3 numpy==2.4.6

cd "$room"
venv/bin/python -W ignore - <<'END'
import importlib.metadata
import sys

import mido
import numpy as np
import pretty_midi

names = ("pretty_midi", "mido", "numpy")
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
NOTES, BEAT = 400, 480
expected = np.zeros((128, NOTES), bool)
expected[60, ::2] = expected[61, 1::2] = True


def wrong_frames(tempo):
    """How many frames are wrong in a trill of sixteenths, at steps and in their middle."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))])
    for i in range(NOTES):
        track.append(mido.Message("note_on", note=60 + i % 2, velocity=64))
        track.append(mido.Message("note_off", note=60 + i % 2, time=BEAT // 4))
    mido.MidiFile(ticks_per_beat=BEAT, tracks=[track]).save("trill.mid")
    midi = pretty_midi.PrettyMIDI("trill.mid")
    beats_per_second = midi.get_tempo_changes()[1][0] / 60
    steps = midi.get_piano_roll(fs=4 * beats_per_second)
    ticks = midi.get_piano_roll(fs=BEAT * beats_per_second)
    rolls = steps, ticks[:, BEAT // 8 :: BEAT // 4]
    whole = [np.pad(roll, ((0, 0), (0, max(0, NOTES - roll.shape[1])))) for roll in rolls]
    return [int(((roll[:, :NOTES] > 0) != expected).any(0).sum()) for roll in whole]


seen = {tempo: wrong_frames(tempo) for tempo in (60, 72, 90, 108, 116, 120, 130)}
print(f"Expected: none of {NOTES} frames wrong.")
for tempo, (steps, middles) in seen.items():
    print(f"Seen: {tempo} beats a minute: {steps} wrong, {middles} in the middle of the steps")
as_described = (
    seen[60][0] == seen[120][0] == 0
    and seen[72][0] > 100
    and seen[116][0] == NOTES
    and not any(middles for _, middles in seen.values())
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
