import itertools
import re

import numpy as np
import pytest

from keras_gated.decoding import collapse, edit_distance
from tests.ctc_reference import reads_as

pytestmark = pytest.mark.once


def test_every_short_path_reads_as_its_definition_says():
    for path in itertools.product(range(3), repeat=5):
        assert collapse(np.array(path)) == reads_as(path)
        assert collapse(path, blank=None) == [key for key, _ in itertools.groupby(path)]
    assert collapse([]) == []


def by_recursion(found, wanted):
    """The fewest edits, straight from their definition."""
    if not found or not wanted:
        return len(found) + len(wanted)
    return min(
        1 + by_recursion(found[1:], wanted),
        1 + by_recursion(found, wanted[1:]),
        (found[0] != wanted[0]) + by_recursion(found[1:], wanted[1:]),
    )


def test_edit_distance_of_all_short_words():
    words = [
        word for length in range(4) for word in itertools.product((1, 2), repeat=length)
    ]
    for found, wanted in itertools.product(words, words):
        assert edit_distance(found, wanted) == by_recursion(found, wanted)


@pytest.mark.parametrize(
    ("found", "wanted", "edits"),
    [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3), ("abc", "abc", 0)],
)
def test_edit_distance_of_known_words(found, wanted, edits):
    assert edit_distance(found, wanted) == edits


@pytest.mark.parametrize(
    "path", [[1.5], [1.0], [np.nan], [[1, 2]], 5, None, "ab", ["a"], [True], [-1]]
)
def test_what_is_no_path(path):
    with pytest.raises(ValueError, match=r"a path \(time,\) of classes, integers"):
        collapse(path)


@pytest.mark.parametrize("blank", [-1, 1.0, True, "a"])
def test_what_is_no_blank(blank):
    with pytest.raises(ValueError, match=f"or None. Received blank={blank!r}"):
        collapse([0, 1], blank)


@pytest.mark.parametrize("given", [None, 3, np.array(3)])
def test_what_is_no_sequence_has_no_edit_distance(given):
    for name, other in (("found", "wanted"), ("wanted", "found")):
        message = f"needs two sequences. Received {name}={re.escape(repr(given))}"
        with pytest.raises(ValueError, match=message):
            edit_distance(**{name: given, other: "abc"})
