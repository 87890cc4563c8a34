"""Which bytes are read as a data set, and which are not."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from keras_gated.datasets.music import _read
from keras_gated.datasets.music._catalogue import CATALOGUE
from keras_gated.datasets.music._piano_roll import SPLITS
from keras_gated.datasets.music._read import read_canonical
from keras_gated.datasets.music._read_npz import read_npz, write_npz
from keras_gated.datasets.music._read_pickle import read_pickle
from tests.datasets.music import layouts
from tests.datasets.music.layouts import TUNES, assert_refused, write

PUBLISHED = {
    "jsb_chorales": ("JSB_Chorales.mat", "jsb_chorales.pickle"),
    "nottingham": ("Nottingham.mat", "nottingham.pickle.xz"),
    "musedata": ("MuseData.mat", "muse_data.pickle.xz"),
    "piano_midi_de": ("Piano_midi.mat", "piano_midi.pickle.xz"),
}
FILES = [(name, file) for name, files in PUBLISHED.items() for file in files]
NAMES_ON_DISK = [(name, file) for name, e in CATALOGUE.items() for file in e.files]


class Trace:
    """Leaves a file where it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch trace",)


HOSTILE = pickle.dumps({split: Trace() for split in SPLITS})


@pytest.mark.parametrize(("name", "file_name"), FILES)
def test_published_files_equal_the_compact_ones(data_dir, name, file_name):
    compact = read_canonical(data_dir / "music" / f"{name}.npz", name)
    upstream = read_canonical(data_dir / "music" / "original" / file_name, name)
    for split in SPLITS:
        assert len(upstream[split]) == len(compact[split])
        for roll, reference in zip(upstream[split], compact[split], strict=True):
            assert roll.dtype == np.uint8
            assert roll.flags.writeable
            np.testing.assert_array_equal(roll, reference)


@pytest.fixture
def no_reader(monkeypatch):
    """Readers that nothing may reach."""

    def explode(content):
        raise AssertionError("it was read")

    for suffix in _read._READERS:
        monkeypatch.setitem(_read._READERS, suffix, explode)


@pytest.mark.parametrize("content", [b"", b"PK broken", HOSTILE], ids=len)
@pytest.mark.parametrize(("name", "file_name"), NAMES_ON_DISK)
def test_other_bytes_are_refused_unread(folder, no_reader, name, file_name, content):
    path = folder / file_name
    path.write_bytes(content)
    pinned = CATALOGUE[name].files[file_name]
    reason = f"its SHA-256 is [0-9a-f]{{64}}, that of the published file {pinned}"
    with pytest.raises(ValueError, match=reason) as error:
        read_canonical(path, name)
    message = str(error.value)
    assert f"{path} cannot be read as the data set {name}" in message
    for source in CATALOGUE[name].sources:
        assert source.url in message
    assert "read_midi" in message
    assert [entry.name for entry in folder.iterdir()] == [file_name]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[:-1],
        lambda whole: whole + b"\0",
        lambda whole: whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
    ],
    ids=["cut", "longer", "a bit"],
)
@pytest.mark.parametrize("file_name", PUBLISHED["jsb_chorales"])
def test_a_spoilt_file_is_refused_unread(folder, data_dir, no_reader, file_name, spoil):
    whole = (data_dir / "music" / "original" / file_name).read_bytes()
    path = folder / file_name
    path.write_bytes(spoil(whole))
    assert_refused(path, "its SHA-256 is")


def test_a_pickle_can_call_nothing_but_what_notes_are_made_of(folder):
    with pytest.raises(KeyError, match="system"):
        read_pickle(HOSTILE)
    assert not list(folder.iterdir())


def test_the_compact_layout_gives_the_rolls(folder):
    splits = read_npz(write(folder, layouts.npz(TUNES)))
    assert tuple(splits) == SPLITS
    for split in SPLITS:
        expected = layouts.rolls_of(TUNES[split])
        assert len(splits[split]) == len(expected)
        for roll, reference in zip(splits[split], expected, strict=True):
            assert roll.dtype == np.uint8
            np.testing.assert_array_equal(roll, reference)


def test_written_npz_reads_back(folder, data_dir):
    original = data_dir / "music" / "jsb_chorales.npz"
    write_npz(folder / "copy.npz", read_canonical(original, "jsb_chorales"))
    with np.load(original) as expected, np.load(folder / "copy.npz") as copy:
        assert sorted(copy.files) == sorted(expected.files)
        for name in copy.files:
            assert copy[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(copy[name], expected[name])
    assert [path.name for path in folder.iterdir()] == ["copy.npz"]


def test_a_file_made_here_is_known_by_its_music(folder, data_dir):
    original = data_dir / "music" / "jsb_chorales.npz"
    splits = read_canonical(original, "jsb_chorales")
    path = folder / "jsb_chorales_from_music21.npz"
    # As another version of zlib would: the same arrays in other bytes.
    with np.load(original) as arrays:
        np.savez(path, **arrays)
    assert len(read_canonical(path, "jsb_chorales")["train"]) == 229
    splits["test"][-1][-1] ^= 1
    write_npz(path, splits)
    assert_refused(path, "its 229 train, 76 valid, 77 test sequences differ")


@pytest.mark.parametrize("pitch", [20, 109])
def test_names_a_pitch_outside_the_piano(folder, pitch):
    tunes = {**TUNES, "valid": [[[60]], [[], [61]], [[62], [pitch]]]}
    reason = f"valid sequence 2 has pitch {pitch}, outside 21 to 108"
    assert_refused(write(folder, layouts.npz(tunes)), reason)


@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.95])
def test_refuses_a_truncated_file(folder, kept):
    whole = layouts.npz(TUNES)
    assert_refused(write(folder, whole[: int(kept * len(whole))]), "not a")


@pytest.mark.parametrize("content", [b"<html>404</html>", HOSTILE], ids=len)
def test_refuses_a_file_of_another_kind(folder, content):
    assert_refused(write(folder, content), "not a")


@pytest.mark.parametrize(
    "tunes",
    [
        {split: TUNES[split] for split in ("train", "valid")},
        {**TUNES, "test": []},
        {**TUNES, "test": [[[60]], []]},
    ],
    ids=["no split", "no sequence", "no step"],
)
def test_refuses_a_split_that_lacks_something(folder, tunes):
    assert_refused(write(folder, layouts.npz(tunes)), "test")


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
    assert_refused(write(folder, layouts.npz(TUNES, **changed)), reason)


def test_refuses_npz_with_a_broken_header(folder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in layouts.arrays_of(TUNES):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': (((\n")
    assert_refused(write(folder, file.getvalue()), "not a readable npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_refuses_npz_packed_by_other_methods(folder, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in layouts.arrays_of(TUNES):
            archive.writestr(f"{name}.npy", b"")
    path = write(folder, file.getvalue())
    assert_refused(path, f"packed by method {method}")


def test_refuses_npz_with_what_is_no_array(folder):
    file = io.BytesIO(layouts.npz(TUNES))
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, b"no array" if "notes" in name else content)
    assert_refused(write(folder, file.getvalue()), "train_notes is no array")
