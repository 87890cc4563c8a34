"""The three backends compute the same outputs and gradients.

Each process compares itself with the next backend of the ring, so a run of the tests
on two backends compares all of them.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests import needs
from tests.backend_probe import outputs_and_gradients

NEXT = {"jax": "tensorflow", "tensorflow": "torch", "torch": "jax"}


def exhaustive_on_tensorflow(test):
    """Marks what follows from the tests of the other two."""
    if keras.backend.backend() == "tensorflow":
        return pytest.mark.exhaustive(test)
    return test


@pytest.fixture
def of_the_other_backend(backend, tmp_path):
    if importlib.util.find_spec(NEXT[backend]) is None:
        needs.missing(f"{NEXT[backend]} is not installed")
    file = tmp_path / "other.npz"
    subprocess.run(
        [sys.executable, "-m", "tests.backend_probe", file],
        check=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "KERAS_BACKEND": NEXT[backend]},
    )
    with np.load(file) as arrays:
        return dict(arrays)


@exhaustive_on_tensorflow
def test_outputs_and_gradients(of_the_other_backend):
    found = outputs_and_gradients()
    assert found.keys() == of_the_other_backend.keys()
    for name, array in found.items():
        expected = of_the_other_backend[name]
        atol = 1e-5 * np.max(np.abs(expected))
        np.testing.assert_allclose(array, expected, rtol=0, atol=atol, err_msg=name)
