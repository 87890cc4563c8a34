"""Scores in MusicXML, as music21 reads and plays them."""

from fractions import Fraction

import pytest

from keras_gated.datasets import tunes
from tests import needs

music21 = needs.package("music21")


def tune(body, meter="2/4", key="Dmaj"):
    return tunes.Tune([f"M:{meter}", f"K:{key}", *body.split()], "A & <b>")


def notes_of(score):
    return sorted(
        (_exact(note.offset), _exact(note.quarterLength), pitch.midi)
        for note in score.stripTies().flatten().notes
        if not note.duration.isGrace
        for pitch in note.pitches
    )


def _exact(number):
    return Fraction(number).limit_denominator(5040)


def parsed(example):
    return music21.converter.parseData(example.musicxml(), format="musicxml")


@pytest.mark.parametrize(
    "body",
    [
        "A 2 d 2 | f 4 |]",
        "A /2 B /4 c /4 d > e f << g a 3/2 b 1/2 |".replace("1/2", "/2"),
        "(3 A B c (5 d e f g a | (3:2:2 A 2 B d 2 |]",
        "^f =f f | f _b B b' | c ^^c __d",
        "A 2 - | A 2 - A B | c 4 - | c 2 |]",
        "[ A d ] 2 [ A d ] 2 - | [ A d ] 2 z 2 |]",
        "A 5 | B 7 | c 9/4 d /8 e /16 f /64",
        "{ a b } c 4 | { a } [ A c ] 2 z 2",
        "A 4 | [M:6/8] B 6 | [K:Fmin] B 6 | e 6",
    ],
)
def test_notes(body):
    example = tune(body)
    assert notes_of(parsed(example)) == sorted(
        tuple(note) for note in example.notes(repeats=False)
    )


@pytest.mark.parametrize(
    "body",
    [
        "A 4 | B 4 |]",
        "|: A 4 | B 4 :| c 4 |]",
        "|: A 4 | B 4 :: c 4 :| d 4",
        "|: A 4 | [1 B 4 :| [2 c 4 |] d 4 |]",
        "|: A 4 | [1 B 4 :| [2 c 4 |: d 4 | e 4 :|",
        "|: A 4 | [1 B 4 | c 4 :| [2 d 4 | e 4 || f 4 |]",
    ],
)
def test_repeats(body):
    example = tune(body)
    played = notes_of(parsed(example).expandRepeats())
    assert played == sorted(tuple(note) for note in example.notes())


def test_what_is_printed():
    text = tune("d /2 e /2 f g a | ^g 4 |]").musicxml()
    assert "<work-title>A &amp; &lt;b&gt;</work-title>" in text
    assert text.count("<accidental>sharp</accidental>") == 1
    for kind, count in (("begin", 2), ("continue", 1), ("end", 2)):
        assert text.count(f">{kind}</beam>") == count
    assert "<fifths>2</fifths>" in text
    control = tunes.Tune(["M:2/4", "K:Dmaj", "A"], "a\x00b\ud800c")
    assert "<work-title>a b c</work-title>" in control.musicxml()


def test_tunes_of_a_collection(data_dir):
    some = tunes.load(["nottingham"], data_dir=data_dir).test[::8]
    for example in some:
        assert notes_of(parsed(example)) == sorted(
            tuple(note) for note in example.notes(repeats=False)
        ), example
