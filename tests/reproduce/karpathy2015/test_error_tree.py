import numpy as np
import pytest

from reproduce.studies.karpathy2015.analysis.error_tree import (
    NO_ERROR,
    error_tree,
)
from reproduce.studies.karpathy2015.analysis.scaling import scaling_table
from tests.reproduce.karpathy2015.texts import streams_of, under

TEXT = "the cat, the catfish saw. the end"
MODEL = "....a..a.aaa.aa..aaa.aa...a...a.."
NGRAM = "....g...........................g"
COUNTS = {b"the": 50, b"cat": 9, b"saw": 7, b"end": 8}


def tree_of(marks=MODEL, a=0.35):
    knows = NGRAM.replace(".", "n")
    ngrams = np.stack([under([knows], n=0.3, g=value) for value in (0.3, 0.8)])
    return error_tree(streams_of(TEXT), under([marks], a=a), ngrams, COUNTS)


def causes(tree):
    """The number of the oracle under each character, `.` without an error."""
    (row,) = tree.causes
    return "." + "".join("." if n == NO_ERROR else str(n) for n in row)


def test_each_error_has_the_first_cause():
    # 0 n-gram, 1 memory, 2 rare word, 3 new word, 4 punctuation, 5 boost.
    # "the" was there before; "catfish" is nowhere in training.
    assert causes(tree_of()) == "....0..4.311.22..222.35...3...3.."


def test_the_table_adds_up():
    tree = tree_of()
    table = tree.table().set_index(["oracle", "setting"])
    assert tree.errors == 14
    removed = table["errors"]
    assert removed["n-gram", "1"] == 0 and removed["n-gram", "2"] == 1
    assert removed["memory", "100"] == 2 and removed["memory", "5000"] == 0
    assert removed["rare word", "0"] == 5
    assert removed["new word", "space"] == 4
    assert removed["punctuation", "all"] == 1
    assert removed["boost", "0.2"] == removed["boost", "all"] == 1
    assert removed["nothing", "all"] == 0
    assert removed.xs("all", level="setting").sum() == tree.errors
    assert table["share"].xs("all", level="setting").sum() == pytest.approx(1)
    assert table.loc[("n-gram", "2"), "share"] == pytest.approx(1 / 14)


def test_one_half_is_no_error():
    assert tree_of(a=0.5).errors == 0
    assert tree_of(a=0.4999).errors == 14


def test_the_order_of_oracles_is_the_papers():
    assert [oracle.name for oracle in tree_of().oracles] == [
        "n-gram",
        "memory",
        "rare word",
        "new word",
        "punctuation",
        "boost",
    ]


def test_intervals_are_over_streams():
    text = streams_of(*["ab cd"] * 40)
    generator = np.random.default_rng(0)
    values = np.where(generator.random((40, 4)) < 0.5, 0.1, 0.9)
    tree = error_tree(text, values, np.full((1, 40, 4), 0.2), {b"ab": 9, b"cd": 9})
    row = tree.table().set_index(["oracle", "setting"]).loc[("new word", "all")]
    errors = (values < 0.5).sum()
    share = (values[:, 2] < 0.5).sum() / errors
    assert row["share"] == pytest.approx(share)
    assert row["low"] < share < row["high"]
    # As wide as that of a binomial, about.
    assert row["high"] - row["low"] == pytest.approx(
        2 * 1.96 * np.sqrt(share * (1 - share) / errors), rel=0.3
    )


def test_scaling_takes_the_difference():
    small, large = tree_of(), tree_of("....a........aa......aa..........")
    table = scaling_table(small, large).set_index("oracle")
    assert table["fewer"].to_dict() == {
        "n-gram": 0,
        "memory": 2,
        "rare word": 3,
        "new word": 3,
        "punctuation": 1,
        "boost": 0,
        "nothing": 0,
    }
    assert table["share"]["rare word"] == pytest.approx(3 / 9)
    assert (table["small"] - table["large"] == table["fewer"]).all()


def test_scaling_that_changes_nothing_has_no_shares():
    assert scaling_table(tree_of(), tree_of())["share"].isna().all()


def test_what_does_not_fit_is_refused():
    text, values = streams_of("abc"), np.full((1, 2), 0.5)
    with pytest.raises(ValueError, match=r"uint8. Received shape \(1, 3\)"):
        error_tree(text.astype(int), values, values[None], {})
    with pytest.raises(ValueError, match=r"shape \(1, 3\) for streams \(1, 3\)"):
        error_tree(text, np.full((1, 3), 0.5), values[None], {})
    with pytest.raises(ValueError, match=r"between 0 and 1. Received \[1.5"):
        error_tree(text, values + 1, values[None], {})
    with pytest.raises(ValueError, match=r"models, streams, steps.*\(1, 2\)"):
        error_tree(text, values, values, {})
    other = error_tree(streams_of("abcd"), np.full((1, 3), 0.1), np.ones((1, 1, 3)), {})
    with pytest.raises(ValueError, match="on the same text"):
        scaling_table(tree_of(), other)
