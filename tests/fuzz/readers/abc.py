"""Tunes in ABC notation."""

import re

from keras_gated.datasets import tunes
from tests.fuzz.reader import Reader, demand

WHOLE = {
    "two tunes": b"""% A book
X:1
T:One
C:Trad.
M:6/8
L:1/8
K:D
A|"D"d2f "A"e2c|(3Bcd B {a}A2F|G>Bd ~f2-f|1 d3 d2:|2 [d6A6]|]

X:2
T:Two
M:C|
K:Edor
|:E2BE dEBE|[M:3/4]z2 (5ABcde !trill!f4::[K:G]^F,2 _B'2 =c4|Z2:|
""",
    "tunes of an old file": b"X:7\r\nT:\xe9\r\nM:3/8\r\nL:1/16\r\nK:Hp\r\nA2B!c|]*\r\n",
}
_HEAD = b"X:1\nM:4/4\nK:C\n"


def hostile_files():
    return {
        "brackets in brackets": _HEAD + b"[" * 100_000,
        "graces in graces": _HEAD + b"{" * 100_000,
        "slurs in slurs": _HEAD + b"(" * 4_000,
        "tuplets in tuplets": _HEAD + b"(9" * 2_000 + b"C",
        "a text without an end": _HEAD + b'"' + b"a" * 4_000,
        "texts without an end": _HEAD + (b'"' + b"a" * 190) * 20 + b"\n",
        "fields without an end": _HEAD + b"[K:" * 1_300,
        "colons": _HEAD + b":" * 4_000,
        "rests of centuries": _HEAD + b"Z99" * 1_000,
        "a number of thousands of digits": _HEAD + b"C" + b"9" * 4_000,
        "a number of other digits": _HEAD + "C\u0663\u00b2".encode(),
        "a note of nothing": _HEAD + b"C/0 C0",
        "endings in endings": _HEAD + b"C|[1,2,3,4,5,6,7,8,9 D:|" * 150,
        "repeats": (_HEAD + b"|:" * 2_000 + b"C" + b":|" * 1_000),
        "a tune of a million notes": _HEAD + (b"C" * 999 + b"\n") * 1_000,
        "a hundred thousand tunes": b"X:1\n" * 100_000,
        "a slash for each half": _HEAD + b"C" + b"/" * 4_000,
    }


def check_reading(reading):
    for refusal in reading.refusals:
        place = r"line \d+, column \d+|end of the tune"
        demand(re.fullmatch(place, refusal.place), f"the place {refusal.place}")
    for tune in reading.tunes:
        notes = tune.notes()
        demand(notes, "a tune without notes")
        for note in notes:
            demand(0 <= note.pitch <= 127, f"pitch {note.pitch}")
            demand(note.duration > 0 and note.onset >= 0, f"times {note}")
        (again,), refusals = tunes.parse_abc(tune.abc())
        demand(not refusals and again.tokens == tune.tokens, "other tokens when reread")


READERS = {
    "ABC": Reader(
        suffix=".abc",
        read=tunes.read_abc,
        check=check_reading,
        whole=lambda: WHOLE,
        hostile=hostile_files,
    ),
}
