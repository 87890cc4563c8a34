"""Which tests run: the quick ones, or all."""

import os

import keras
import pytest

EXHAUSTIVE = os.environ.get("KERAS_GATED_EXHAUSTIVE") == "1"
"""Whether slow tests run, and others on more examples: `make conformance` sets it."""

QUICKEST = "torch"
"""The backend of tests that need one only: it compiles nothing."""

ELSEWHERE = () if keras.backend.backend() == QUICKEST else (pytest.mark.exhaustive,)
"""The marks of a case that is among the quick ones on one backend only."""


def exhaustive_elsewhere(test):
    """Marks a slow test as exhaustive on all backends but the quickest."""
    for mark in ELSEWHERE:
        test = mark(test)
    return test


def quick_elsewhere(case, *arguments, among, **settings):
    """A case of a slow test, exhaustive on the slower backends if not `among` some."""
    marks = () if case in among else ELSEWHERE
    return pytest.param(case, *arguments, marks=marks, **settings)


def first_elsewhere(cases):
    """The cases of a slow test, all but the first exhaustive on the slower backends."""
    first, *others = cases
    return [first, *(quick_elsewhere(case, among=()) for case in others)]
