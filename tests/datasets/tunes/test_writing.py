"""Tunes as text, read again, by us and by others."""

import pytest

from keras_gated.datasets import tunes
from tests import needs


def tune(body, meter="6/8", title="Scrap"):
    return tunes.Tune([f"M:{meter}", "K:Dmaj", *body.split()], title)


@pytest.mark.parametrize(
    ("body", "meter", "text"),
    [
        ("A B c d e f | g 2 a b 3 |]", "6/8", "ABc def | g2a b3 |]"),
        ("A | d e f g 2 f :|", "6/8", "A | def g2f :|"),
        ("A B c d | e f g a 3 :|", "6/8", "A Bcd | efg a3 :|"),
        ("d 2 A > B d c B A |", "4/4", "d2A>B dcBA |"),
        ("d /2 e /2 f g a |", "2/4", "d/2e/2f ga |"),
        ("{ g } f 2 - f { a b } g |", "4/4", "{g}f2-f{ab}g |"),
        ("(3 A B c { d } (3 d e f |", "2/4", "(3ABc {d}(3def |"),
        ("[ D A ] 3/2 d /2 [ F d ] 2 |", "2/4", "[D3/2A3/2]d/2 [F2d2] |"),
        ("A 2 [K:Gmaj] B 2 [M:9/8] | d", "2/4", "A2 [K:Gmaj] B2 [M:9/8] | d"),
        ("|: A 4 | [1 B 4 :| [2 c 4 |]", "2/4", "|: A4 | [1 B4 :| [2 c4 |]"),
    ],
)
def test_notes_of_a_beat_stand_together(body, meter, text):
    assert tune(body, meter).abc().split("\n")[5] == text
    (again,), refusals = tunes.parse_abc(tune(body, meter).abc())
    assert refusals == []
    assert again.tokens == tune(body, meter).tokens


def test_the_header():
    lines = tune("A 6 | " * 6 + "A", title=" 50%\nX:2 ").abc(7).split("\n")
    assert lines[:5] == ["X:7", "T:50% X:2", "M:6/8", "L:1/8", "K:Dmaj"]
    assert lines[5:] == ["A6 | A6 | A6 | A6 |", "A6 | A6 | A", ""]
    assert "T:Untitled" in tune("A", title="").abc()


def test_tokens_that_are_no_tune():
    with pytest.raises(tunes.AbcError, match="unopened bracket"):
        tune("A }").abc()


def test_music21_reads_it():
    needs.package("music21")
    from tests.datasets.tunes.beside_music21 import notes_by_music21, notes_by_us

    example = tune("A | (3 d e f g > a ^g 2 | [ d a ] 3 =c 3 | c 4 d 2 :: f 6 | f 5 :|")
    assert notes_by_music21(example.abc()) == notes_by_us(example)
