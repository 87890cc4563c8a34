import math

import numpy as np
import pytest

from reproduce.training.arrays import load_arrays, save_arrays

GROUPS = {
    "state": [
        np.arange(6, dtype="float32").reshape(2, 3),
        np.array(7, "int64"),
        np.array([1, 2**32 - 1], "uint32"),
        np.array(True),
        np.zeros((0, 4)),
    ],
    "best": [np.array([math.nan, -0.0, math.inf])],
    "none": [],
}
NOTES = {"best_epoch": 3, "history": {"valid_nll": [1.5, 0.1]}, "name": "Märchen"}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "folder" / "file.npz"
    save_arrays(path, GROUPS, NOTES)
    return path


def test_arrays_and_notes_come_back(path):
    groups, notes = load_arrays(path)
    assert notes == NOTES
    assert groups.keys() == GROUPS.keys()
    for group, arrays in GROUPS.items():
        for found, expected in zip(groups[group], arrays, strict=True):
            assert found.dtype == expected.dtype
            assert found.shape == expected.shape
            assert found.tobytes() == expected.tobytes()


def test_more_than_ten_arrays_keep_their_order(path):
    save_arrays(path, {"many": [np.array(number) for number in range(25)]}, {})
    groups, _ = load_arrays(path)
    assert [int(array) for array in groups["many"]] == list(range(25))


def test_notes_may_hold_what_is_no_number(path):
    save_arrays(path, {}, {"scores": [math.nan, math.inf]})
    _, notes = load_arrays(path)
    assert math.isnan(notes["scores"][0]) and notes["scores"][1] == math.inf


def test_a_new_file_replaces_the_old_one_and_leaves_nothing_else(path):
    save_arrays(path, {"state": []}, {"epoch": 2})
    assert load_arrays(path) == ({"state": []}, {"epoch": 2})
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_the_old_one(path):
    with pytest.raises(TypeError):
        save_arrays(path, {}, {"a set": {1, 2}})
    assert load_arrays(path)[1] == NOTES
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_named(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert_named(path)


def test_a_damaged_file_is_named(path):
    whole = path.read_bytes()
    position = whole.index(np.arange(6, dtype="float32").tobytes())
    path.write_bytes(whole[: position + 5] + b"\xff" + whole[position + 6 :])
    assert_named(path)


def numpy_array(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))


def other_archive(path):
    np.savez(path, weights=np.arange(3))


def notes_of_another_program(path):
    np.savez(path, notes=np.frombuffer(b"{}", np.uint8))


def notes_that_are_a_list(path):
    np.savez(path, notes=np.frombuffer(b"[]", np.uint8))


def notes_that_are_no_json(path):
    np.savez(path, notes=np.frombuffer(b"{", np.uint8))


def text(path):
    path.write_text("no arrays")


@pytest.mark.parametrize(
    "write",
    [
        numpy_array,
        other_archive,
        notes_of_another_program,
        notes_that_are_a_list,
        notes_that_are_no_json,
        text,
    ],
)
def test_other_files_are_named(path, write):
    write(path)
    assert_named(path)


def assert_named(path):
    with pytest.raises(ValueError, match=rf"{path.name} is no file of arrays"):
        load_arrays(path)


def test_no_file_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_arrays(tmp_path / "file.npz")


@pytest.mark.parametrize("notes", [b'"a word"', b"NaN", b"[" * 200_000])
def test_odd_notes_are_named(path, notes):
    np.savez(path, notes=np.frombuffer(notes, np.uint8))
    assert_named(path)


def test_encrypted_file_is_named(path):
    content = bytearray(path.read_bytes())
    content[6] = content[content.index(b"PK\x01\x02") + 8] = 1
    path.write_bytes(content)
    assert_named(path)
