"""What is right about a tune, on made-up ones."""

import pytest

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._playing import repeats_close
from keras_gated.datasets.tunes.bars import keeps_beat


def tune(body, meter="2/4", key="Cmaj"):
    return tunes.Tune([f"M:{meter}", f"K:{key}", *body.split()])


@pytest.mark.parametrize(
    ("body", "adds_up", "beat"),
    [
        ("C 4 | C 4 | C 4 |]", True, True),
        ("C | D 4 | C 3 |]", True, True),
        ("C | D 4 | C 4 |]", True, True),
        ("C | D 4 | C 3 :| D | E 4 | C 3 |]", True, True),
        ("C | D 4 | C 3 :| E 4 | C 3 |]", True, False),
        ("C | D 4 | C 4 :|", True, False),
        ("C 4 | D 2 || E 2 | C 4 |]", True, True),
        ("C 4 | D 2 | E 2 | C 4 |]", False, True),
        ("C 4 | D 3 | E 4 | C 4 |]", False, False),
        ("C 4 | D 5 | E 3 | C 4 |]", False, False),
        ("C 5 |]", False, False),
        ("C 4 | [M:3/4] D 6 | E 6 |]", True, True),
        ("C 4 | [M:3/4] D 4 | E 6 |]", False, False),
        ("C 4 | (3 D 2 E 2 F 2 | E 2 > D 2 | F /2 G /2 F z 2 |]", True, True),
        ("|: C | D 4 | [1 E 3 :| [2 E 4 |]", True, True),
        ("C 4 | | D 4 |]", True, True),
    ],
)
def test_bars_add_up(body, adds_up, beat):
    measures = tune(body).measures(repeats=False)
    assert all(measure.adds_up for measure in measures) == adds_up
    assert keeps_beat(tune(body).measures()) == beat
    check = tunes.check_tune(tune(body))
    assert (check.bars, check.beat) == (adds_up, beat)


@pytest.mark.parametrize(
    ("body", "closes"),
    [
        ("C | D |]", True),
        ("C :| D :|", True),
        ("|: C :| D |]", True),
        ("|: C :: D :|", True),
        ("|: C | D |]", False),
        ("|: C |: D :|", False),
        ("C :: D |]", False),
        ("C [1 D :| [2 E |]", True),
        ("C [1 D :| [2 E :| [3 F |]", True),
        ("C [1,3 D :| [2 E |]", True),
        ("C [1 D :| E |]", False),
        ("C [2 D :| [1 E |]", True),
        ("C [2 D |] E |]", False),
        ("C [1 D :| [1 E |]", False),
        ("C [1 D :| [3 E |]", False),
        ("C [1 D :| [2 E |: F [1 G :| [2 A |]", True),
        ("C [1 D :| [2 E |: F [1 G :|", False),
    ],
)
def test_repeats_close(body, closes):
    assert repeats_close(read_items(tune(body).tokens)) == closes
    assert tunes.check_tune(tune(body)).repeats == closes


@pytest.mark.parametrize(
    ("body", "key", "share"),
    [
        ("C D E F", "Cmaj", 1.0),
        ("C 3 ^D", "Cmaj", 0.75),
        ("C D E ^F", "Glyd", 1.0),
        ("^F 2 [K:Dmaj] F 2", "Cmaj", 0.5),
        ("[ C ^C ] 4", "Cmaj", 0.5),
        ("z 4 C", "Cmaj", 1.0),
    ],
)
def test_the_share_on_the_scale(body, key, share):
    assert tunes.check_tune(tune(body, key=key)).in_key == share


def test_well_formed():
    good = tune("C 4 | D 4 | E 4 :|")
    assert tunes.check_tune(good, "2/4", "Cmaj").well_formed
    for changed in (
        tunes.check_tune(good, "3/4"),
        tunes.check_tune(good, key="Gmaj"),
        tunes.check_tune(tune("C 4 | [M:2/4] D 4 |]"), "2/4"),
        tunes.check_tune(tune("C 4 | D 3 | E 4 :|")),
        tunes.check_tune(tune("|: C 4 | D 4 |]")),
        tunes.check_tune(tune("^C 4 | D 4 |]")),
        tunes.check_tune(tune("H")),
        tunes.check_tune(tune("z 4 |]")),
        tunes.check_tune(tune("")),
    ):
        assert not changed.well_formed
    assert tunes.check_tune(tune("z 4 |]")).error == "no notes"
    assert tunes.check_tune(tune("C 4 | [M:2/4] D 4 |]")).well_formed
