"""Which tests run: the quick ones, or all."""

import os

import keras
import pytest

EXHAUSTIVE = os.environ.get("KERAS_GATED_EXHAUSTIVE") == "1"
"""Whether slow tests run, and others on more examples: `make conformance` sets it."""


def exhaustive_elsewhere(test):
    """Marks a slow test as exhaustive on all backends but JAX."""
    return test if keras.backend.backend() == "jax" else pytest.mark.exhaustive(test)
