#!/usr/bin/env bash
# Verovio, ABC: a rest takes the notes of its triplet along, Z takes no time, and more.
#
# Expected: `(3DzF` is a note, a rest and a note in the time of two, `(3:2:2D2E` a quarter and
# an eighth in the time of one quarter. Z rests for a bar. What stands behind `|2` is played
# instead of what stands behind `|1`.
# Seen: `(3DzF` is a rest alone, both notes are gone. `(3:2:2D2E` is a quarter alone. Z is a
# rest of 0 bars and takes no time, while Z2 is right. Behind `|1` and `|2` there is no ending:
# both are played, one after another. No error is given for any of them.
# Size: rests and quarters in triplets are usual in hornpipes and in songs, two endings in all
# kinds of dances. In MEI, pictures and MIDI notes are missing and bars have wrong lengths.
#
# Close to it: the book of Verovio has tuplets among what is not supported, and so had
# rism-digital/verovio#1680 and #2206; by now those of beamed notes are read, and others do not
# come as plain notes, but not at all. No thread is known of that, nor of Z and the endings.
# What to do: convert to MusicXML first; or count beats and notes of each bar of the MEI.
#
# Seen on 2026-11-29 with verovio 6.4.1 and mido 1.3.3.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile verovio==6.4.1 mido==1.3.3

cd "$room"
HOME=$room venv/bin/python - <<'END'
import base64
import io
import sys
from fractions import Fraction

import mido
import verovio

CASES = {
    "(3DEF G2|": (["0 D", "1/3 E", "2/3 F", "1 G"], ["0 D", "1/3 E", "2/3 F", "1 G"]),
    "(3DzF G2|": (["0 D", "2/3 F", "1 G"], ["1/2 G"]),
    "(3:2:2D2E G2|": (["0 D", "2/3 E", "1 G"], ["0 D", "1 G"]),
    "Z|D8|": (["4 D"], ["0 D"]),
    "Z2|D8|": (["8 D"], ["8 D"]),
    "|:D8|1 E8:|2 F8|]": (
        ["0 D", "4 E", "8 D", "12 F"],
        ["0 D", "4 E", "8 D", "12 E", "16 F"],
    ),
}
"""What is meant, and what is seen: the beat at which each note begins, and its name."""


def notes(body):
    toolkit = verovio.toolkit()
    toolkit.setInputFrom("abc")
    if not toolkit.loadData(f"X:1\nT:Made up\nM:4/4\nL:1/8\nK:C\n{body}\n"):
        sys.exit("CHANGED: the tune is not read")
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    now, found = 0, []
    for message in mido.merge_tracks(file.tracks):
        now += message.time
        if message.type == "note_on" and message.velocity:
            name = "C C D D E F F G G A A B".split()[message.note % 12]
            beat = Fraction(round(6 * now / file.ticks_per_beat), 6)
            found.append(f"{beat} {name}")
    return found


print(f"verovio {verovio.toolkit().getVersion()}")
seen = {body: notes(body) for body in CASES}
for body, (expected, _) in CASES.items():
    print(f"{body}\n    expected {', '.join(expected)}\n    seen     {', '.join(seen[body])}")
as_described = seen == {body: found for body, (_, found) in CASES.items()}
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
