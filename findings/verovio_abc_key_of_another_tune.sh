#!/usr/bin/env bash
# Verovio, ABC: a tune in C or A minor is read in the key of the tune before it.
#
# Expected: each tune is read by its own fields. Its notes are the same whether another was
# loaded before.
# Seen: a key without sharps and flats does not put back those of the last tune: after a tune
# in D, one in C has C sharp and F sharp in MEI and MIDI, while no key is drawn. A new
# toolkit in the same process changes nothing. Two more losses, just as silent: "::" draws no
# bar line and no repeat, and a length behind a chord, `[Gb]3`, is passed over, so that the
# chord has the unit length.
# Size: in a collection that is converted in one process each tune in C or A minor that follows
# a tune in another key has wrong pitches, and another order gives other music.
#
# Close to it: kpaede/Verovio-Music-Renderer#13, a program around Verovio, saw the key in June
# 2026. No thread of Verovio is known; none of the three is among the limits of ABC that its
# book names.
# What to do: load a tune that has K:C in a process of its own; write `:|` and `|:` on two
# lines, and lengths inside the bracket, `[G3b3]`.
#
# Seen on 2026-11-28 with verovio 6.4.1.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile verovio==6.4.1

cd "$room"
HOME=$room venv/bin/python - <<'END'
import sys
import xml.etree.ElementTree as ElementTree

import verovio

SPACE = "{http://www.music-encoding.org/ns/mei}"


def tune(key, body):
    """A tune that a new toolkit has read, as MEI."""
    toolkit = verovio.toolkit()
    toolkit.setInputFrom("abc")
    if not toolkit.loadData(f"X:1\nT:Made up\nM:4/4\nL:1/4\nK:{key}\n{body}\n"):
        sys.exit("CHANGED: the tune is not read")
    return ElementTree.fromstring(toolkit.getMEI())


def pitches(score):
    return [
        note.get("pname") + note.get("accid.ges", "") for note in score.iter(f"{SPACE}note")
    ]


def bars(score):
    """How many notes each bar has, and the signs at its ends."""
    return [
        (
            bar.get("left"),
            len(list(bar.iter(f"{SPACE}note"))),
            bar.get("right"),
        )
        for bar in score.iter(f"{SPACE}measure")
    ]


def chord(score):
    """The written value of the first chord, and its dots."""
    found = next(score.iter(f"{SPACE}chord"))
    return found.get("dur"), found.get("dots")


print(f"verovio {verovio.toolkit().getVersion()}")
body = "cdef|"
first, in_d, again = (pitches(tune(key, body)) for key in ("C", "D", "C"))
print(f"Expected: in C {first}, in D {in_d}, and in C again {first}")
print(f"Seen: in C again {again}")
two = bars(tune("C", "cdef:|\n|:gabc:|"))
one = bars(tune("C", "cdef::gabc:|"))
print(f"Expected of '::', as of ':|' and '|:' on two lines: {two}\nSeen: {one}")
inside, behind = chord(tune("C", "[G3b3]c|")), chord(tune("C", "[Gb]3c|"))
print(f"Expected of [Gb]3, as of [G3b3]: {inside}\nSeen: {behind}")
as_described = (
    first == ["c", "d", "e", "f"]
    and in_d == again == ["cs", "d", "e", "fs"]
    and two == [(None, 4, "rptend"), ("rptstart", 4, "rptend")]
    and one == [(None, 8, "rptend")]
    and inside == ("2", "1")
    and behind == ("4", None)
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
