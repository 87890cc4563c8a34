from dataclasses import replace

import numpy as np
import pytest

from reproduce.training.left import load_left, save_left
from tests.reproduce.report.tiny import record

TRIAL = record().trial


def test_what_is_left_comes_back(tmp_path):
    groups = {"a b": [np.arange(3), np.eye(2)], "none": []}
    save_left(TRIAL, groups, tmp_path)
    found = load_left(TRIAL, tmp_path)
    assert list(found) == ["a b", "none"]
    np.testing.assert_array_equal(found["a b"][1], np.eye(2))
    assert found["none"] == []
    # Other settings of the same name are another trial.
    assert load_left(replace(TRIAL, max_epochs=9), tmp_path) == {}


def test_nothing_is_left(tmp_path):
    save_left(TRIAL, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert load_left(TRIAL, tmp_path) == load_left(TRIAL, None) == {}


def test_another_file_is_refused(tmp_path):
    save_left(TRIAL, {"a": [np.zeros(1)]}, tmp_path)
    (path,) = tmp_path.glob("left/*.npz")
    path.write_bytes(b"nothing of ours")
    with pytest.raises(ValueError, match="no file of arrays"):
        load_left(TRIAL, tmp_path)
