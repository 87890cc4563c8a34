"""The library, built once."""

import pytest

from tests.recurrence.native.library import Library, build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder with the library and its objects."""
    folder = tmp_path_factory.mktemp("native")
    build(folder)
    return folder


@pytest.fixture(scope="session")
def library(built):
    return Library(built / "keras_gated_native.so")
