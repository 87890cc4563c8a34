"""The command in messages builds the libraries, however the package was installed."""

import json

import pytest

import hatch_build
from keras_gated.recurrence.native import how_to_build

pytestmark = pytest.mark.once
GIT = {"vcs": "git", "commit_id": "abc"}


def command():
    return how_to_build.how_to_build().split("`")[1]


def test_in_a_checkout():
    expected = f"pip install --no-deps --editable {hatch_build.ROOT}"
    assert command() == expected


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        (None, "keras_gated"),
        ({"url": "file:///wheels/keras_gated-1-py3-none-any.whl"}, "keras_gated"),
        ({"url": "file:///my/keras_gated", "dir_info": {}}, "file:///my/keras_gated"),
        ({"url": "https://a/b", "vcs_info": GIT}, "git+https://a/b@abc"),
    ],
)
def test_in_an_installation_pip_takes_no_wheel_from_its_cache(
    record, origin, tmp_path, monkeypatch
):
    monkeypatch.setattr(how_to_build, "CHECKOUT", tmp_path)
    monkeypatch.setattr(how_to_build, "distribution", lambda _: Installed(record))
    assert command() == (
        "pip install --force-reinstall --no-deps --no-cache-dir "
        f"--no-binary keras_gated {origin}"
    )


class Installed:
    """A distribution with such a record of where it is from."""

    def __init__(self, record):
        self.record = record

    def read_text(self, name):
        assert name == "direct_url.json"
        return None if self.record is None else json.dumps(self.record)
