"""What tokens mean: pitches, times, and the order in which they are played."""

from fractions import Fraction

import pytest

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes._fields import signature
from tests import needs


def notes(body, meter="4/4", key="Cmaj", repeats=True):
    tune = tunes.Tune([f"M:{meter}", f"K:{key}", *body.split()])
    return tune.notes(repeats)


def pitches(body, **given):
    return [note.pitch for note in notes(body, **given)]


def times(body, **given):
    return [(str(n.onset), str(n.duration)) for n in notes(body, **given)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C, C c c' B b", [48, 60, 72, 84, 71, 83]),
        ("^C ^^C _B __B =F", [61, 62, 70, 69, 65]),
        # An accidental holds to the bar line, in all octaves.
        ("^F F f F, | F", [66, 66, 78, 54, 65]),
        ("^F =F F |", [66, 65, 65]),
        ("{ ^F } G F | F", [67, 66, 65]),
        ("[ ^F A ] F | [ F A ]", [66, 69, 66, 65, 69]),
        # A tie carries it over the bar line, to that note only.
        ("^F - | F F", [66, 65]),
        ("^f - | F", [78, 65]),
        ("^F | [K:Gmaj] F =F [K:Dmaj] F", [66, 66, 65, 66]),
    ],
)
def test_pitches(body, expected):
    assert pitches(body) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [("Gmaj", 66), ("Fmaj", 65), ("Edor", 66), ("Dmix", 66), ("Aphr", 65)],
)
def test_the_signature(key, expected):
    assert pitches("F", key=key) == [expected]


MODES = {
    "maj": "major",
    "min": "minor",
    "dor": "dorian",
    "mix": "mixolydian",
    "lyd": "lydian",
    "phr": "phrygian",
    "loc": "locrian",
}


@pytest.mark.parametrize("mode", MODES)
def test_signatures_are_those_of_music21(mode):
    needs.package("music21")
    from music21.key import Key

    for tonic in ("C", "D", "E", "F", "G", "A", "B", "F#", "Bb"):
        theirs = Key(tonic.replace("b", "-"), MODES[mode])
        if abs(theirs.sharps) > 7:
            continue
        altered = {pitch.step: pitch.alter for pitch in theirs.alteredPitches}
        ours = signature(tonic + mode)
        assert ours == {letter: altered.get(letter, 0) for letter in "CDEFGAB"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C D 2", [("0", "1/2"), ("1/2", "1")]),
        ("C /2 D 3/2", [("0", "1/4"), ("1/4", "3/4")]),
        ("C > D", [("0", "3/4"), ("3/4", "1/4")]),
        ("C << D 2", [("0", "1/8"), ("1/8", "7/4")]),
        ("C > D > E", [("0", "3/4"), ("3/4", "3/8"), ("9/8", "1/4")]),
        ("(3 C D E F", [("0", "1/3"), ("1/3", "1/3"), ("2/3", "1/3"), ("1", "1/2")]),
        (
            "(3 C { A } D E F",
            [("0", "1/3"), ("1/3", "1/3"), ("2/3", "1/3"), ("1", "1/2")],
        ),
        ("(2 C D", [("0", "3/4"), ("3/4", "3/4")]),
        ("(3:2:2 C 2 D", [("0", "2/3"), ("2/3", "1/3")]),
        ("z 2 C z D", [("1", "1/2"), ("2", "1/2")]),
        ("[ C E ] 2 D", [("0", "1"), ("0", "1"), ("1", "1/2")]),
        ("C 2 - C D", [("0", "3/2"), ("3/2", "1/2")]),
        ("C 2 - | C 2 - | C", [("0", "5/2")]),
        ("[ C E ] - [ C E ]", [("0", "1"), ("0", "1")]),
        ("[ C E ] - [ C F ]", [("0", "1"), ("0", "1/2"), ("1/2", "1/2")]),
        ("C - D", [("0", "1/2"), ("1/2", "1/2")]),
    ],
)
def test_times(body, expected):
    assert times(body) == expected


@pytest.mark.parametrize(("meter", "duration"), [("4/4", "1/5"), ("6/8", "3/10")])
def test_five_in_the_time_of(meter, duration):
    assert {time[1] for time in times("(5 C D E F G", meter=meter)} == {duration}


def test_times_are_exact():
    (*_, last) = notes("(7:4:7 C D E F G A B (9:2:9 C D E F G A B c d c")
    assert last.onset == Fraction(4, 2) + Fraction(2, 2)


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("C | D |]", "CD"),
        ("C :| D", "CCD"),
        ("C |: D :| E", "CDDE"),
        ("C |: D :: E :| F", "CDDEEF"),
        ("C || D :| E", "CDDE"),
        ("|: C || D :| E", "CDCDE"),
        ("|: C | [1 D :| [2 E |] F", "CDCEF"),
        ("|: C | [1 D :| [2 E :| F", "CDCEF"),
        ("|: C | [1 D :| [2 E |: F :| G", "CDCEFFG"),
        ("C | [1 D :| [2 E || F :| G", "CDCEFFG"),
        ("|: C [1,2 D :| [3 E |] F", "CDCDCEF"),
        ("|: C [1 D :| [2 E :| [3 F |] G", "CDCECFG"),
        ("|: C [1,3 D :| [2 E :| F", "CDCECDF"),
        ("|: C | D", "CD"),
        ("C [2 D |] E", "CE"),
    ],
)
def test_repeats_are_played_out(body, order):
    names = dict(zip((60, 62, 64, 65, 67), "CDEFG", strict=True))
    assert "".join(names[pitch] for pitch in pitches(body)) == order
    written = [token for token in body.split() if token in "CDEFG"]
    assert [names[p] for p in pitches(body, repeats=False)] == written


def test_playing_is_bounded():
    """Nine rounds at most, however they are written."""
    body = " ".join(f"C [{','.join(map(str, range(1, 10)))} D :|" for _ in range(50))
    assert len(pitches(body)) == 50 * 9 * 2


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([], "token 0: no meter"),
        (["M:6/8"], "token 1: no key"),
        (["M:C", "K:Cmaj"], "token 0: no meter, 'M:C'"),
        (["M:6/8", "K:C"], "token 1: no key, 'K:C'"),
        (["M:6/8", "K:C#lyd"], "token 1: no key"),
        (["M:6/8", "K:Cmaj", "H"], "token 2: unknown token, 'H'"),
        (["M:6/8", "K:Cmaj", ""], "token 2: unknown token, ''"),
        (["M:6/8", "K:Cmaj", "[K:x]"], "token 2: unknown token, "),
        (["M:6/8", "K:Cmaj", "2"], "token 2: length of nothing"),
        (["M:6/8", "K:Cmaj", "C", "2", "3"], "token 4: length of nothing"),
        (["M:6/8", "K:Cmaj", "C", "999"], "token 3: unknown length"),
        (["M:6/8", "K:Cmaj", "C", "/3"], "token 3: unknown length"),
        (["M:6/8", "K:Cmaj", "[", "C", "2"], "token 4: length of nothing"),
        (["M:6/8", "K:Cmaj", "[", "z"], "token 3: no note in a bracket"),
        (["M:6/8", "K:Cmaj", "{", "C"], "token 4: unclosed bracket"),
        (["M:6/8", "K:Cmaj", "c'''''"], "token 2: pitch out of range"),
        (["M:6/8", "K:Cmaj", "z", "-"], "token 3: tie of nothing"),
        (["M:6/8", "K:Cmaj", "C", ">"], "token 3: broken rhythm of nothing"),
        (["M:6/8", "K:Cmaj", "(3", "C", "C"], "token 5: incomplete tuplet"),
    ],
)
def test_tokens_that_are_no_tune(tokens, message):
    with pytest.raises(tunes.AbcError) as error:
        tunes.Tune(tokens).notes()
    assert str(error.value).startswith(message)
