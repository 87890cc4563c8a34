import numpy as np
import pytest

from reproduce.studies.karpathy2015.analysis.braces import brace_table, closing_braces
from tests.reproduce.karpathy2015.texts import streams_of


def test_braces_close_the_last_one_that_is_open():
    found = closing_braces(streams_of("{a{}b}}{", "}}{c{d}e"))
    assert found.rows.tolist() == [0, 0, 1]
    # Places among what is predicted: one less than in the text.
    assert found.steps.tolist() == [2, 4, 5]
    assert found.distances.tolist() == [1, 5, 2]


def test_no_brace_at_all():
    assert len(closing_braces(streams_of("none"))) == 0
    values = np.full((1, 3), 0.5)
    assert brace_table(streams_of("none"), values, values).empty


def test_means_by_distance():
    text = streams_of("{}" + "." * 8, "{.}" + "." * 7, "{......}..", "{.......}.")
    model, ngram = np.full((2, 4, 9), 0.01)
    places = ([0, 1, 2, 3], [0, 1, 6, 7])
    model[places] = [0.9, 0.7, 0.5, 0.1]
    ngram[places] = [0.8, 0.8, 0.1, 0.1]
    table = brace_table(text, model, ngram, edges=(0, 2, 7, 20))
    assert table[["over", "to", "braces"]].values.tolist() == [
        [0, 2, 2],
        [2, 7, 1],
        [7, 20, 1],
    ]
    assert table["model"].tolist() == pytest.approx([0.8, 0.5, 0.1])
    assert table["difference"].tolist() == pytest.approx([0, 0.4, 0])
    # Two braces: a draw has one of them twice, or both.
    first = table.iloc[0]
    assert (first["model_low"], first["model_high"]) == pytest.approx((0.7, 0.9))
    assert np.isnan(table["difference_low"][1])


def test_intervals_are_those_of_a_mean():
    generator = np.random.default_rng(1)
    text = streams_of(*["{}"] * 400)
    model, ngram = generator.beta(2, 2, size=(2, 400, 1))
    row = brace_table(text, model, ngram).iloc[0]
    spread = 1.96 * (model - ngram).std() / np.sqrt(400)
    middle = (model - ngram).mean()
    ends = row["difference_low"], row["difference_high"]
    assert ends == pytest.approx((middle - spread, middle + spread), abs=0.1 * spread)


def test_what_is_far_apart_is_left_out():
    text = streams_of("{" + "." * 9 + "}")
    values = np.full((1, 10), 0.5)
    assert brace_table(text, values, values, edges=(0, 9)).empty
    assert len(brace_table(text, values, values, edges=(0, 10))) == 1
