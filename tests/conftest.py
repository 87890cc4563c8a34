"""Shared fixtures. The backend under test is the one `KERAS_BACKEND` names."""

import os
from pathlib import Path

import keras
import pytest


@pytest.fixture(autouse=True)
def reproducible():
    """Every test starts from the same seed and leaves the global settings alone."""
    floatx = keras.config.floatx()
    policy = keras.config.dtype_policy()
    keras.utils.set_random_seed(1412)
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)
    keras.backend.clear_session()


@pytest.fixture
def backend():
    return keras.backend.backend()


@pytest.fixture(scope="session")
def data_dir():
    """The folder of real data sets that `KERAS_GATED_DATA` names."""
    folder = os.environ.get("KERAS_GATED_DATA")
    if not folder:
        pytest.skip("KERAS_GATED_DATA names no folder of data sets")
    return Path(folder)
