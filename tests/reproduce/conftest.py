import os

import pytest


@pytest.fixture(scope="session")
def environment(data_dir):
    """The environment of a command that finds the real data."""
    changed = {"KERAS_GATED_DATA": str(data_dir.resolve()), "COLUMNS": "100"}
    return {**os.environ, **changed}
