"""Which tests run: the quick ones, or the exhaustive ones; and on which backends."""

import os
from collections import defaultdict

import keras
import pytest

EXHAUSTIVE = os.environ.get("KERAS_GATED_EXHAUSTIVE") == "1"
"""Whether slow tests run too, and others on more examples: `make conformance`."""

QUICKEST = "torch"
"""The backend of tests that need one only: it compiles nothing."""

ONCE = (
    "tests/benchmarks/",
    "tests/datasets/",
    "tests/fuzz/",
    "tests/models/",
    "tests/reproduce/",
    "tests/site/",
)
"""Where tests are the same on every backend, but for those marked `everywhere`."""

DEEPER = ("tests/conformance/", "tests/fuzz/", "tests/properties/")
"""Where tests are quick ones, and run deeper among the exhaustive ones."""

CHOOSES = ("tests/conformance/",)
"""Where tests say themselves which of their cases are quick ones on which backend."""

ELSEWHERE = () if keras.backend.backend() == QUICKEST else (pytest.mark.exhaustive,)
"""The marks of a case that is among the quick ones on one backend only."""


def exhaustive_elsewhere(test):
    """Marks a slow test as exhaustive on all backends but the quickest."""
    for mark in ELSEWHERE:
        test = mark(test)
    return test


def put_off_cases(items):
    """Marks cases of tests as exhaustive: the slower backends run a few of each.

    Not the same ones, since either meets what the other has not.
    """
    backend = keras.backend.backend()
    if backend == QUICKEST:
        return
    functions = defaultdict(list)
    for item in items:
        if not item.nodeid.startswith(CHOOSES):
            functions[item.nodeid.partition("[")[0]].append(item)
    for cases in functions.values():
        last = len(cases) - 1
        kept = (0, (last + 1) // 2) if backend == "jax" else (last // 2, last)
        for number, item in enumerate(cases):
            if number not in kept:
                item.add_marker(pytest.mark.exhaustive)


def marks_of_place(item):
    """The marks that a test has for where it is."""
    name, marks = item.nodeid, []
    if name.startswith(ONCE) and not item.get_closest_marker("everywhere"):
        marks.append(pytest.mark.once)
    if name.startswith("keras_gated/"):
        # An example of a docstring.
        marks.extend(ELSEWHERE)
    if name.startswith(DEEPER):
        marks.append(pytest.mark.deeper)
    return marks


def is_of_this_run(item):
    """Whether a test is one of this backend and tier."""
    if item.get_closest_marker("once") and keras.backend.backend() != QUICKEST:
        return False
    return EXHAUSTIVE or not item.get_closest_marker("exhaustive")
