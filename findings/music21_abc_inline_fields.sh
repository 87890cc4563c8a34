#!/usr/bin/env bash
# music21, ABC: fields within a line are passed over, and so are rests of whole bars.
#
# Expected: [K:G] or [L:1/8] between two notes says of what follows what a line K:G or L:1/8
# of its own says. Z rests for a bar, x is a rest that is not drawn, K:Bloc is B locrian, with
# the signs of C, and clef=bass chooses a clef for notes whose octave is written.
# Seen: behind [K:G] there is no sharp, and behind [L:1/8] notes are as long as before. A
# remark [r:BAG] is a chord of three notes. Z and x take no time, so that all that follows
# comes early. Locrian keys have the signs of major: K:Bloc five sharps. With clef=bass each
# note is two octaves lower. There is neither an error nor a warning.
# Size: changes of key and meter in a tune are mostly written so, and voices are padded by Z
# and x: with them parts go out of step for the rest of the piece.
#
# No thread is known of any of these.
# What to do: put each field on a line of its own, as below; write z and the beats of the bar
# for Z and x, and the signs of a locrian key as those of its major; leave clefs out.
#
# Seen on 2026-11-29 with music21 10.5.1.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile music21==10.5.1 numpy==2.4.6

cd "$room"
HOME=$room venv/bin/python - <<'END'
import sys

import music21

PAIRS = {
    "[K:G]": ("K:C\nCD|[K:G]FG|", "K:C\nCD|\nK:G\nFG|"),
    "[L:1/8]": ("K:C\nCD|[L:1/8]FG|", "K:C\nCD|\nL:1/8\nFG|"),
    "[r:BAG]": ("K:C\nC[r:BAG]D|", "K:C\nCD|"),
    "Z": ("K:C\nCDEF|Z|G4|", "K:C\nCDEF|z4|G4|"),
    "x": ("K:C\nCx2D|", "K:C\nCz2D|"),
    "K:Bloc": ("K:Bloc\nBcde|", "K:C\nBcde|"),
    "clef=bass": ("K:C clef=bass\nC,D,|", "K:C\nC,D,|"),
}
"""What is tried, and the same music in other words."""


def notes(tune):
    """Onset in beats, pitches and length of each note or chord."""
    head = "X:1\nT:Made up\nM:4/4\nL:1/4\n"
    score = music21.converter.parse(f"{head}{tune}\n", format="abc")
    return [
        (
            float(sound.offset),
            " ".join(pitch.nameWithOctave for pitch in sound.pitches),
            float(sound.quarterLength),
        )
        for sound in score.flatten().notes
    ]


print(f"music21 {music21.__version__}")
seen = {sign: tuple(map(notes, pair)) for sign, pair in PAIRS.items()}
for sign, (found, expected) in seen.items():
    print(f"{sign}\n    expected {expected}\n    seen     {found}")
pitches = {sign: [name for _, name, _ in found] for sign, (found, _) in seen.items()}
onsets = {sign: [onset for onset, _, _ in found] for sign, (found, _) in seen.items()}
as_described = (
    all(found != expected for found, expected in seen.values())
    and pitches["[K:G]"] == ["C4", "D4", "F4", "G4"]
    and onsets["[L:1/8]"] == [0, 1, 2, 3]
    and pitches["[r:BAG]"] == ["C4", "B4 A4 G4", "D4"]
    and onsets["Z"] == [0, 1, 2, 3, 4]
    and onsets["x"] == [0, 1]
    and pitches["K:Bloc"] == ["B4", "C#5", "D#5", "E5"]
    and pitches["clef=bass"] == ["C1", "D1"]
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
