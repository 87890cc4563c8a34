import math

import pytest

from keras_gated.datasets import tunes


def tune(body, meter="2/4"):
    return tunes.Tune([f"M:{meter}", "K:Cmaj", *body.split()])


BARS = ["C 4", "D 4", "E 4", "F 4", "G 4", "A 4", "B 4", "c 4"]
EIGHT = " | ".join(BARS)


@pytest.mark.parametrize(
    ("body", "lengths"),
    [
        ("C 4", [1.0]),
        ("C 4 | D 4 |] | E 4", [2.0, 1.0]),
        ("C | D 4 | E 3 :: F 2 | G 4 :|", [2.0, 1.5]),
        ("C 4 | [1 D 4 :| [2 E 4 |] F 4", [2.0, 1.0]),
        (f"{EIGHT} :: {EIGHT} :|", [8.0, 8.0]),
    ],
)
def test_parts(body, lengths):
    assert tunes.parts(tune(body)) == lengths
    assert tunes.has_two_parts_of_eight(tune(body)) == (lengths == [8.0, 8.0])


def test_an_upbeat_does_not_change_the_form():
    body = f"G | {EIGHT} :: {EIGHT} :|"
    assert tunes.has_two_parts_of_eight(tune(body))
    assert not tunes.has_two_parts_of_eight(tune(f"{EIGHT} | C 4 :: {EIGHT} :|"))


def test_self_similarity():
    twice = tune(f"{EIGHT} :|")
    assert tunes.self_similarity(twice) == 1
    assert tunes.self_similarity(twice, bars=7) == 0
    assert math.isnan(tunes.self_similarity(twice, bars=16))
    other = " | ".join([*BARS[:6], "z 4", "C 2 D 2"])
    varied = tune(f"{EIGHT} | {other} |]")
    assert tunes.self_similarity(varied) == 6 / 8
    halves = tune("C 2 D 2 | C > D E 2")
    # The first quarter of the bar is the same but for its last quarter.
    assert tunes.self_similarity(halves, bars=1) == pytest.approx(3 / 8)
    with pytest.raises(ValueError, match="bars must be positive, received 0"):
        tunes.self_similarity(twice, bars=0)


def test_silence_comes_again_too():
    assert tunes.self_similarity(tune("z 2 C 2 | z 2 D 2"), bars=1) == 0.5
