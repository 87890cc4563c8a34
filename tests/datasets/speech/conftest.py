import pytest


@pytest.fixture
def speech_cache(no_data):
    """The cache of a machine without any data set."""
    return no_data.with_name("speech")
