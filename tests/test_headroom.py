"""The tool that lists how much of the tolerances is used."""

import numpy as np

from tests.headroom import Headroom, share_used


def test_share_of_the_tolerance():
    found, expected = [1, 2.5, np.nan, np.inf], [1, 2, np.nan, np.inf]
    assert share_used(found, expected, rtol=0.1, atol=0.8) == 0.5
    assert share_used(1, 1, rtol=0, atol=0) == 0
    assert share_used(["text"], ["text"], rtol=1, atol=1) == 0


def test_the_largest_share_of_a_line_in_a_test():
    watch = Headroom(file=None)
    watch.test = "one"
    for found in (3, 5, 4):
        watch.record(found, 2, rtol=0, atol=6)
    ((line, test),) = watch.found
    assert line.startswith("tests/test_headroom.py:") and test == "one"
    assert watch.found[line, test] == (3, 0.5)
