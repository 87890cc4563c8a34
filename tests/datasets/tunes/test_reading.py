"""ABC is read as the standard says, or refused where it is not understood."""

import pytest

from keras_gated.datasets import tunes


def read(body, head="X:1\nT:a\nM:6/8\nL:1/8\nK:D\n"):
    tune_list, refusals = tunes.parse_abc(head + body)
    assert refusals == []
    (tune,) = tune_list
    return " ".join(tune.tokens[2:])


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ("A,, A, A a a' a''", "A,, A, A a a' a''"),
        ("C' c, c,, C'' c',", "c C C, c' c"),
        ("^f _b =c ^^d __e", "^f _b =c ^^d __e"),
        ("A2 A3/2 A/2 A/ A// A3/ A/4", "A 2 A 3/2 A /2 A /2 A /4 A 3/2 A /4"),
        ("Az x2 | Z | X2", "A z z 2 | z 6 | z 6 | z 6"),
        ("A>B c<d e>>f", "A > B c < d e >> f"),
        ("(3ABc (3:2:2A2B", "(3 A B c (3:2:2 A 2 B"),
        ("(3:2:3ABc (3::ABc (5ABcde", "(3 A B c (3 A B c (5 A B c d e"),
        ("(AB) (A(Bc)d) .(e.f)", "A B A B c d e f"),
        ("A-A B2-|B", "A - A B 2 - | B"),
        ("A-B c-|d", "A B c | d"),
        ("{a}b {/ga}b {a2b}c", "{ a } b { g a } b { a 2 b } c"),
        ("[DFA]2 [D2F2A2] [A] [D3A2]/", "[ D F A ] 2 [ D F A ] 2 A [ D A ] 3/2"),
        ("[D-A]2[DA] [D-A]c", "[ D A ] 2 - [ D A ] [ D A ] c"),
        ('"Am"A "4"B "^slowly"c', "A B c"),
        (".A ~B uv!trill!c !4!d !D.C.!e HA TB kc Rd", "A B c d e A B c d"),
        ("A!B!c", "A B c"),
        ("A`B y c y2 d $e \\", "A B c d e"),
        ("A % B c\n%%text x\n% c\nB", "A B"),
        ("A\nN:b\nw:la\nP:B\nB", "A B"),
        ("[K:G]A [M:9/8]B [L:1/4]c [P:B]d", "[K:Gmaj] A [M:9/8] B c 2 d 2"),
        ("A\nL:1/16\nB\nM:C|\nc\nK:Am % x\nd", "A B /2 [M:2/2] c /2 [K:Amin] d /2"),
        ("A | B || c |] d", "A | B || c |] d"),
        ("|:A:||:B::c:|:d:|", "|: A :: B :: c :: d :|"),
        ("A|||B [| c [|] d", "A || B |] c | d"),
        ("A|\n|:B :|\n|: c|\n|]", "A |: B :: c |]"),
        ("A | [K:A] |: B :|", "A |: [K:Amaj] B :|"),
        ("|:A |1 B:|2 c|]", "|: A | [1 B :| [2 c |]"),
        ("A | [1 B :| [2,3 c :|[4-5 d", "A | [1 B :| [2,3 c :| [4,5 d"),
        ("A |1-3,5 B", "A | [1,2,3,5 B"),
    ],
)
def test_a_body_in_tokens(body, tokens):
    assert read(body) == tokens


@pytest.mark.parametrize(
    ("fields", "head"),
    [
        ("M:C\nK:C", "M:4/4 K:Cmaj"),
        ("M:C|\nK:Gm", "M:2/2 K:Gmin"),
        ("M:2/4\nK:Amix", "M:2/4 K:Amix"),
        ("M:12/8\nK:F# Minor", "M:12/8 K:F#min"),
        ("M: 3/4 % x\nK: Bb Lydian ", "M:3/4 K:Bblyd"),
        ("M:3/4\nK:EM", "M:3/4 K:Emaj"),
        ("M:3/4\nK:AIonian", "M:3/4 K:Amaj"),
        ("M:3/4\nK:Daeo", "M:3/4 K:Dmin"),
        ("M:3/4\nK:Hp", "M:3/4 K:Amix"),
        ("M:3/4\nK:D =c", "M:3/4 K:Dmix"),
        ("M:3/4\nK:Dmix=c", "M:3/4 K:Dmix"),
        ("M:3/4\nK:Dphr ^f ^c _e _b clef=treble", None),
    ],
)
def test_a_header(fields, head):
    tune_list, refusals = tunes.parse_abc(f"X:1\n{fields}\nA\n")
    if head is None:
        assert [refusal.reason for refusal in refusals] == ["unknown K:"]
    else:
        assert " ".join(tune_list[0].tokens[:2]) == head


@pytest.mark.parametrize(("meter", "length"), [("2/4", "/2"), ("3/4", ""), ("C", "")])
def test_the_unit_that_follows_from_the_meter(meter, length):
    (tune,), _ = tunes.parse_abc(f"X:1\nM:{meter}\nK:C\nA\n")
    assert tune.tokens[3:] == ((length,) if length else ())


@pytest.mark.parametrize(
    ("body", "reason", "place"),
    [
        ("AB\nA & B", "unknown sign", "line 7, column 3"),
        ("AB =", "unknown sign", "line 6, column 4"),
        ("A+B+", "unknown sign", "line 6, column 2"),
        ('A"Am', "unclosed text", "line 6, column 2"),
        ("A{", "unclosed bracket", "end of the tune"),
        ("A}", "unopened bracket", "line 6, column 2"),
        ("[AB", "unclosed chord", "line 6, column 1"),
        ("AB]", "unopened chord", "line 6, column 3"),
        ("A[]", "empty chord", "line 6, column 3"),
        ("[A|B]", "no note in a chord", "line 6, column 3"),
        ("{A|B}", "no note in a bracket", "line 6, column 3"),
        ("A0", "unknown length", "line 6, column 1"),
        ("BA/3", "unknown length", "line 6, column 2"),
        ("A999", "unknown length", "line 6, column 1"),
        ("Z99", "rest too long", "line 6, column 1"),
        ("(3AB|c", "incomplete tuplet", "line 6, column 5"),
        ("(3A(3BBB", "tuplet in a tuplet", "line 6, column 4"),
        ("A>|B", "broken rhythm of nothing", "line 6, column 2"),
        (">B", "broken rhythm of nothing", "line 6, column 1"),
        ("A|-B", "tie of nothing", "line 6, column 3"),
        ("A\nV:2\nB", "several voices", "line 7, column 1"),
        ("A[V:2]B", "several voices", "line 6, column 2"),
        ("A\nM:none\nB", "unknown M:", "line 7, column 1"),
        ("A[K:H]B", "unknown K:", "line 6, column 2"),
        ("A[L:1/3]B", "unknown L:", "line 6, column 2"),
        ("A\nm:~n\nB", "unknown field", "line 7, column 1"),
        ("z4 | z4", "no notes", "line 6, column 1"),
        ("A" * 5000, "line too long", "line 6, column 4097"),
        ("ABCDEF|\n" * 4000, "tune too long", "line 2863, column 1"),
    ],
)
def test_what_is_not_known_is_refused(body, reason, place):
    read_tunes, (refusal,) = tunes.parse_abc(
        f"X:1\nT:Odd\nM:6/8\nL:1/8\nK:D\n{body}\n", "odd.abc"
    )
    assert read_tunes == []
    assert (refusal.reason, refusal.place) == (reason, place)
    assert str(refusal).startswith(f"odd.abc, {place}: {reason}")
    assert refusal.title == "Odd"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X:1\nT:a\nK:D\nA\n", "no M:"),
        ("X:1\nT:a\nM:6/8\nA\n", "no K:"),
        ("X:1\nM:6/8\nM:none\nK:D\nA\n", "unknown M:"),
        ("X:1\nM:6/8\nbroken line\nK:D\nA\n", "text in the header"),
        ("X:1\nM:6/8\nV:1\nK:D\nA\n", "several voices"),
        ("X:1\nM:6/8\nm:x=A\nK:D\nA\n", "macros"),
        ("X:1\nM:6/8\n?:x\nK:D\nA\n", "unknown field"),
        ("T:a\nM:6/8\nK:D\nA\n", "no X: at the beginning"),
        ("ABc dEF|\n", "text outside of a tune"),
        ("Dear friend,\nhere are tunes\n", "text outside of a tune"),
    ],
)
def test_what_is_no_tune_is_refused(text, reason):
    read_tunes, (refusal,) = tunes.parse_abc(text)
    assert read_tunes == []
    assert refusal.reason == reason


GOOD = "X:1\nT:Good\nM:C\nK:G\nGABc|\n"


def test_nothing_goes_missing_around_what_is_refused():
    text = (
        "% A book\nC:Somebody\n\n"
        + GOOD
        + "\nSome talk.\n\n"
        + GOOD.replace("Good", "Second").replace("\n", "\r\n")
        + "X:3\nT:Bad\nM:C\nK:G\nG&A\n"
        + "\n"
        + "GABc|\n\n"
        + GOOD
    )
    read_tunes, refusals = tunes.parse_abc(text, "book.abc")
    assert [tune.title for tune in read_tunes] == ["Good", "Second", "Good"]
    assert [tune.source for tune in read_tunes] == [
        "book.abc:4",
        "book.abc:12",
        "book.abc:25",
    ]
    assert [(refusal.place, refusal.reason) for refusal in refusals] == [
        ("line 10, column 1", "text outside of a tune"),
        ("line 21, column 2", "unknown sign"),
        ("line 23, column 1", "text outside of a tune"),
    ]


def test_files(tmp_path):
    path = tmp_path / "old.abc"
    path.write_bytes(GOOD.replace("Good", "Caf\xe9").encode("latin-1"))
    assert tunes.read_abc(path).tunes[0].title == "Caf\xe9"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("Good", "Caf\xe9").encode())
    assert tunes.read_abc(path).tunes[0].title == "Caf\xe9"
    path.write_bytes(GOOD.encode() + b"\0")
    with pytest.raises(ValueError, match=r"old\.abc has zero bytes"):
        tunes.read_abc(path)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("keras_gated.datasets.tunes.reading.LARGEST_FILE", 10)
    path = tmp_path / "large.abc"
    path.write_text(GOOD)
    with pytest.raises(ValueError, match=rf"has {len(GOOD)} bytes, more than 10"):
        tunes.read_abc(path)
