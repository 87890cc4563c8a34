import io
import pickle
import zipfile
import zlib

import numpy as np
import pytest

from keras_gated.datasets.music._piano_roll import SPLITS
from keras_gated.datasets.music._read import read
from keras_gated.datasets.music._read_npz import write_npz
from tests.datasets.music import layouts
from tests.datasets.music.layouts import TUNES, assert_refused, write

WRITERS = {
    ".npz": layouts.npz,
    ".mat": layouts.mat,
    ".pickle": lambda splits: pickle.dumps(splits, protocol=2),
    ".pickle.xz": lambda splits: layouts.xz(pickle.dumps(splits, protocol=2)),
}
UPSTREAM = {
    "jsb_chorales": ("JSB_Chorales.mat", "jsb_chorales.pickle"),
    "nottingham": ("Nottingham.mat", "nottingham.pickle.xz"),
    "musedata": ("MuseData.mat", "muse_data.pickle.xz"),
    "piano_midi_de": ("Piano_midi.mat", "piano_midi.pickle.xz"),
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_layout_gives_the_same_rolls(folder, suffix):
    splits = read(write(folder, suffix, WRITERS[suffix](TUNES)), "jsb_chorales")
    assert tuple(splits) == SPLITS
    for split in SPLITS:
        expected = layouts.rolls_of(TUNES[split])
        assert len(splits[split]) == len(expected)
        for roll, reference in zip(splits[split], expected, strict=True):
            assert roll.dtype == np.uint8
            np.testing.assert_array_equal(roll, reference)


@pytest.mark.once
@pytest.mark.parametrize("name", UPSTREAM)
def test_upstream_files_equal_the_compact_ones(data_dir, name):
    compact = read(data_dir / "music" / f"{name}.npz", name)
    for file_name in UPSTREAM[name]:
        upstream = read(data_dir / "music" / "original" / file_name, name)
        for split in SPLITS:
            assert len(upstream[split]) == len(compact[split])
            for roll, reference in zip(upstream[split], compact[split], strict=True):
                np.testing.assert_array_equal(roll, reference)


def test_written_npz_reads_back(folder, data_dir):
    original = data_dir / "music" / "jsb_chorales.npz"
    write_npz(folder / "copy.npz", read(original, "jsb_chorales"))
    with np.load(original) as expected, np.load(folder / "copy.npz") as copy:
        assert sorted(copy.files) == sorted(expected.files)
        for name in copy.files:
            assert copy[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(copy[name], expected[name])
    assert [path.name for path in folder.iterdir()] == ["copy.npz"]


def test_reads_numpy_integers_pickled_today(folder):
    path = write(folder, ".pickle", layouts.python3_pickle(TUNES))
    np.testing.assert_array_equal(
        read(path, "x")["train"][0], layouts.rolls_of(TUNES["train"])[0]
    )


def test_reads_big_endian_and_unsigned_integers(folder):
    notes = [np.array(60, ">i8")[()], np.uint8(200)]
    tunes = {**TUNES, "valid": [[notes]]}
    path = write(folder, ".pickle", pickle.dumps(tunes, protocol=4))
    assert_refused(path, "valid sequence 0 has pitch 200,")


@pytest.mark.parametrize("pitch", [20, 109])
@pytest.mark.parametrize("suffix", [".npz", ".pickle", ".pickle.xz"])
def test_names_a_pitch_outside_the_piano(folder, suffix, pitch):
    tunes = {**TUNES, "valid": [[[60]], [[], [61]], [[62], [pitch]]]}
    reason = f"valid sequence 2 has pitch {pitch}, outside 21 to 108"
    assert_refused(write(folder, suffix, WRITERS[suffix](tunes)), reason)


def test_names_a_mat_sequence_with_other_columns(folder):
    path = write(folder, ".mat", layouts.mat(TUNES, columns=96))
    assert_refused(path, r"train sequence 0 has shape \(3, 96\), not \(time, 88\)")


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.95])
def test_refuses_a_truncated_file(folder, suffix, kept):
    whole = WRITERS[suffix](TUNES)
    assert_refused(write(folder, suffix, whole[: int(kept * len(whole))]), "not a")


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("other", [*WRITERS, ".html"])
def test_refuses_a_file_of_another_kind(folder, suffix, other):
    if suffix != other:
        writer = WRITERS.get(other, lambda splits: b"<html>404</html>")
        assert_refused(write(folder, suffix, writer(TUNES)), "not a")


@pytest.mark.parametrize("suffix", WRITERS)
def test_refuses_a_missing_split(folder, suffix):
    tunes = {split: TUNES[split] for split in ("train", "valid")}
    assert_refused(write(folder, suffix, WRITERS[suffix](tunes)), "test")


@pytest.mark.parametrize("suffix", WRITERS)
def test_refuses_a_split_without_sequences(folder, suffix):
    content = WRITERS[suffix]({**TUNES, "test": []})
    assert_refused(write(folder, suffix, content), "test")


@pytest.mark.parametrize("suffix", WRITERS)
def test_refuses_a_sequence_without_steps(folder, suffix):
    content = WRITERS[suffix]({**TUNES, "test": [[[60]], []]})
    assert_refused(write(folder, suffix, content), "test")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"test_lengths": np.array([1, 2], "i4")}, "lengths in test add up to 3 steps"),
        ({"test_step_sizes": np.array([1, 1, 0, 9], "u1")}, "add up to 11 notes"),
        ({"test_notes": np.array([72, 60, 59], "u1")}, "test_notes do not ascend"),
        ({"test_notes": np.array([60, 60, 59], "u1")}, "test_notes do not ascend"),
        ({"test_notes": np.array([60, 72, 59], "i8")}, "test_notes is int64"),
        ({"test_lengths": np.array([[2, 2]], "i4")}, r"test_lengths .*\(1, 2\)"),
        ({"test_lengths": np.array([5, -1], "i4")}, "without a time step"),
        ({"test_notes": np.array([60, 72, None])}, "allow_pickle=False"),
        ({"junk": np.zeros(9_000_000, "u1")}, "unpacks to 9.* bytes"),
    ],
)
def test_refuses_inconsistent_npz(folder, changed, reason):
    assert_refused(write(folder, ".npz", layouts.npz(TUNES, **changed)), reason)


def test_refuses_npz_with_a_broken_header(folder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in layouts.arrays_of(TUNES):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': (((\n")
    assert_refused(write(folder, ".npz", file.getvalue()), "not a readable npz")


@pytest.mark.parametrize(
    ("sequence", "reason"),
    [
        (np.full((2, 88), 2), "test sequence 0 has entries other than 0 and 1"),
        (np.zeros((0, 88)), r"test sequence 0 has shape \(0, 88\)"),
        ("a tune", "testdata has a cell that is no matrix of real numbers"),
        (np.full((2, 88), 1j), "testdata has a cell that is no matrix of real numbers"),
    ],
)
def test_refuses_mat_of_other_content(folder, sequence, reason):
    cell = np.empty((1, 1), object)
    cell[0, 0] = sequence
    assert_refused(write(folder, ".mat", layouts.mat(TUNES, testdata=cell)), reason)


def test_refuses_mat_without_cells(folder):
    content = layouts.mat(TUNES, testdata=np.zeros((3, 88)))
    assert_refused(write(folder, ".mat", content), "testdata is not a cell array")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([1, 2, 3], "not a dictionary of train, valid, test"),
        ({**TUNES, "valid": 5}, "valid is a int, not a list"),
        ({**TUNES, "valid": [5]}, "valid has a sequence that is a int"),
        ({**TUNES, "valid": [[60, 61]]}, "valid has a step that is a int"),
        ({**TUNES, "valid": [[[60.5]]]}, "valid has a note that is no MIDI pitch"),
        ({**TUNES, "valid": [[["C"]]]}, "valid has a note that is no MIDI pitch"),
        ({**TUNES, "valid": [[[True]]]}, "valid has a note that is no MIDI pitch"),
        ({**TUNES, "valid": [[[10**30]]]}, "valid has a note that is no MIDI pitch"),
    ],
)
def test_refuses_a_pickle_of_other_content(folder, content, reason):
    assert_refused(write(folder, ".pickle", pickle.dumps(content, 2)), reason)


def matrix(kind, sizes):
    """An element of a MATLAB file: a matrix of a class, of the sizes it declares."""
    flags = np.array([6, 8, kind, 0, 5, 8, *sizes, 1, 8], "<u4").tobytes()
    body = flags + b"testdata"
    return np.array([14, len(body)], "<u4").tobytes() + body


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (matrix(1, (30000, 30000)), "900000000 cells, of which 0 are there"),
        (matrix(2, (30000, 30000)), "traindata is not a cell array"),
        (matrix(5, (30000, 30000)), "traindata is not a cell array"),
        (matrix(1, (2, 2**32 - 1)), "a matrix of the sizes"),
        (b"\x0e\0\0\0\xff\xff\0\0", "breaks off"),
        (b"\x0f\0\0\0\x04\0\0\0junk", "a broken part"),
        (b"\x09\0\0\0\x08\0\0\0junkjunk", "an element of type 9"),
    ],
)
def test_refuses_mat_with_sizes_that_cannot_be(folder, element, reason):
    content = layouts.mat(TUNES)[:128] + element
    assert_refused(write(folder, ".mat", content), reason)


def test_refuses_a_mat_bomb(folder):
    packed = zlib.compress(bytes(1 << 27))
    tag = np.array([15, len(packed)], "<u4").tobytes()
    content = layouts.mat(TUNES)[:128] + tag + packed
    assert_refused(write(folder, ".mat", content), "more than 67108864 bytes")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_refuses_npz_packed_by_other_methods(folder, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in layouts.arrays_of(TUNES):
            archive.writestr(f"{name}.npy", b"")
    path = write(folder, ".npz", file.getvalue())
    assert_refused(path, f"packed by method {method}")


def test_refuses_npz_with_what_is_no_array(folder):
    file = io.BytesIO(layouts.npz(TUNES))
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, b"no array" if "notes" in name else content)
    assert_refused(write(folder, ".npz", file.getvalue()), "train_notes is no array")
