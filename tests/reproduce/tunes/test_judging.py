import json

import numpy as np
import pytest

from keras_gated.datasets.tunes import Tune
from reproduce.studies.tunes.beside import baselines, ngram_tunes
from reproduce.studies.tunes.judging import FLAGS, NUMBERS, PARTS, distances, judge
from reproduce.studies.tunes.names import HELD_OUT, NGRAM
from reproduce.studies.tunes.writing import Written
from tests.reproduce.tunes.tiny import DATA, HEADERS, task_of, tune_of

BAR = "D 2 E 2"
FIRST, SECOND = " | ".join(["D 2 F 2", "A 2 d 2"] * 4), " | ".join(["d 4"] * 8)
GOOD = f"M:2/4 K:Dmaj {FIRST} :| {SECOND} :|"


def judged(text, header=("2/4", "Dmaj"), training=None, ended=True):
    written = [Written(Tune(text.split()), ended)]
    (row,) = judge(written, [header], training or [tune_of(0)]).to_dict("records")
    return row


def test_a_good_tune():
    row = judged(GOOD)
    assert set(row) == {*FLAGS, *NUMBERS}
    assert all(row[part] == 1 for part in (*PARTS, "well_formed", "beat", "two_parts"))
    assert row["tokens"] == len(GOOD.split())
    assert row["similarity"] == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("part", "text", "changes"),
    [
        ("readable", f"M:2/4 K:Dmaj {BAR} | 2", {}),
        ("ended", GOOD, {"ended": False}),
        ("bars", f"M:2/4 K:Dmaj {BAR} | D 6 | {BAR} | {BAR}", {}),
        ("repeats", f"M:2/4 K:Dmaj |: {BAR} |: {BAR}", {}),
        ("in_key", "M:2/4 K:Dmaj ^D 2 ^E 2 | D 4", {}),
        ("as_asked", GOOD, {"header": ("2/4", "Gmaj")}),
    ],
)
def test_what_a_tune_lacks(part, text, changes):
    row = judged(text, **changes)
    assert row[part] == row["well_formed"] == 0
    if part != "readable":
        assert all(row[other] == 1 for other in PARTS if other != part)


def test_what_is_no_tune_has_no_form():
    row = judged("M:2/4 K:Dmaj 2 2")
    assert row["copied_in_any_key"] == row["abc"] == row["two_parts"] == 0
    assert np.isnan(row["similarity"])


def test_copies_in_another_key():
    text = "M:2/4 K:Cmaj E ^F G A B c B A E ^F G A B c B A G ^F"
    tune = Tune(text.split())
    higher = "M:2/4 K:Cmaj ^F ^G A B ^c d ^c B ^F ^G A B ^c d ^c B A ^G"
    row = judged(text, training=[tune])
    # Between eighteen notes are seventeen intervals.
    assert (row["copied"], row["copied_in_any_key"]) == (18, 17)
    assert row["copies"] == row["copies_in_any_key"] == 1
    row = judged(higher, training=[tune])
    assert (row["copies"], row["copies_in_any_key"]) == (0, 1)
    assert row["copied_in_any_key"] == 17
    # Intervals that take another time are others.
    row = judged(higher.replace("A", "A 2"), training=[tune])
    assert row["copied_in_any_key"] < 10


def test_distances_leave_out_what_is_no_tune():
    tunes = DATA.test
    np.testing.assert_array_equal(distances(tunes, tunes)[:, 0], 0)
    broken = [*tunes, Tune(("M:2/4",))]
    np.testing.assert_array_equal(distances(broken, tunes)[:, 0], 0)
    assert np.isnan(distances(broken[-1:], tunes)).all()


def test_what_models_are_beside():
    task = task_of()
    held_out, ngram = baselines("nottingham", task)
    assert json.loads(json.dumps([held_out, ngram])) == [held_out, ngram]
    assert (held_out["name"], ngram["name"]) == (HELD_OUT, NGRAM)
    assert held_out["judged"]["well_formed"] == [1] * len(DATA.test)
    assert len(ngram["judged"]["copied"]) == 500
    nats = ngram["nll"] * sum(map(len, task.splits["test"][1]))
    assert ngram["per_note"] == pytest.approx(nats / task.notes["test"])
    assert ngram["per_tune"] == pytest.approx(nats / len(DATA.test))
    assert 0 < ngram["nll"] < np.log(task.input_size)


def test_the_ngram_writes_what_was_asked_for():
    written = ngram_tunes(task_of(), HEADERS * 5, seed=2)
    assert [one.tune.tokens[:2] for one in written] == [
        (f"M:{meter}", f"K:{key}") for meter, key in HEADERS
    ] * 5
    # In tunes that are all alike it seldom goes wrong.
    assert np.mean([one.ended for one in written]) > 0.5
    known = {token for tune in DATA.train for token in tune.tokens}
    assert {token for one in written for token in one.tune.tokens[:9]} <= known
