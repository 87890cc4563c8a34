from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches, speech
from keras_gated.datasets.speech._windows import (
    cut,
    split_by_recording,
    split_windows,
)
from tests.datasets.speech.archives import recordings_of

SPLITS = ("train", "valid", "test")
FILES = {"fsdd": "fsdd_8khz.npz", "asterisk": "asterisk_en_allison_8khz.npz"}
A = {"sequences": 7230, "length": 500}
B = {"sequences": 800, "length": 8000}
SETS = [("fsdd", A), ("asterisk", A), ("asterisk", B)]


def dataset(length=500, sequences=4, **fields):
    rows = np.random.default_rng(0).normal(size=(sequences, length))
    splits = dict.fromkeys(SPLITS, rows.astype(np.float32))
    fields = {"name": "noise", "mean": 0.0, "std": 1.0, "sample_rate": 8000, **fields}
    return speech.SpeechDataset(**splits, source="here", fingerprint="", **fields)


def samples_of(data, split):
    """The 16-bit samples before scaling."""
    windows = getattr(data, split).astype(np.float64) * data.std + data.mean
    return np.round(windows * 32768).astype(np.int16)


def recordings_by_window(npz, length):
    """Which recordings hold a window, by its samples: found without the library."""
    found = {}
    for name, recording in recordings_of(npz).items():
        for start in range(0, len(recording) - length + 1, length):
            window = recording[start : start + length].tobytes()
            found.setdefault(window, set()).add(name)
    return found


@pytest.mark.parametrize(("source", "size"), SETS)
def test_has_the_sizes_of_the_paper(data_dir, source, size):
    data = speech.load(source, data_dir=data_dir, **size)
    held_out = size["sequences"] // 10
    counts = (size["sequences"] - 2 * held_out, held_out, held_out)
    for split, count in zip(SPLITS, counts, strict=True):
        assert getattr(data, split).shape == (count, size["length"])
        assert getattr(data, split).dtype == np.float32
    assert counts in ((5784, 723, 723), (640, 80, 80))
    assert (data.name, data.sample_rate) == (source, 8000)
    assert data.source == str(data_dir / "speech" / FILES[source])
    assert len(data.fingerprint) == 64


def test_defaults_are_set_a(data_dir):
    default = speech.load("fsdd", data_dir=data_dir)
    assert (
        default.fingerprint == speech.load("fsdd", data_dir=data_dir, **A).fingerprint
    )


@pytest.mark.parametrize(("source", "size"), SETS)
def test_no_recording_is_in_two_splits(data_dir, source, size):
    data = speech.load(source, data_dir=data_dir, **size)
    recordings = recordings_by_window(
        data_dir / "speech" / FILES[source], **length(size)
    )
    names = {}
    for split in SPLITS:
        owners = [recordings[row.tobytes()] for row in samples_of(data, split)]
        assert all(len(owner) == 1 for owner in owners)
        names[split] = set().union(*owners)
    assert not names["train"] & names["valid"]
    assert not names["train"] & names["test"]
    assert not names["valid"] & names["test"]


def length(size):
    return {"length": size["length"]}


@pytest.mark.parametrize(("source", "size"), SETS)
def test_no_window_is_used_twice_nor_near_silent(data_dir, source, size):
    data = speech.load(source, data_dir=data_dir, **size)
    rows = np.concatenate([samples_of(data, split) for split in SPLITS])
    assert len({row.tobytes() for row in rows}) == size["sequences"]
    assert np.sqrt(np.square(rows, dtype=np.float64).mean(axis=1)).min() >= 100


@pytest.mark.parametrize(
    ("source", "length", "windows", "silent"),
    [
        ("fsdd", 500, 19485, 2884),
        ("asterisk", 500, 23292, 2582),
        ("asterisk", 8000, 1160, 1),
    ],
)
def test_counts_of_windows(data_dir, source, length, windows, silent):
    recordings = [
        np.float32(recording / 32768)
        for recording in recordings_of(data_dir / "speech" / FILES[source]).values()
    ]
    assert sum(map(len, cut(recordings, length, 0.0))) == windows
    assert sum(map(len, cut(recordings, length, 100 / 32768))) == windows - silent


@pytest.mark.parametrize(("source", "size"), SETS)
def test_scale_comes_from_the_training_samples(data_dir, source, size):
    data = speech.load(source, data_dir=data_dir, **size)
    train = data.train.astype(np.float64)
    assert abs(train.mean()) < 1e-6 and abs(train.std() - 1) < 1e-6
    raw = samples_of(data, "train").astype(np.float64) / 32768
    np.testing.assert_allclose(data.mean, raw.mean(), rtol=1e-9)
    np.testing.assert_allclose(data.std, raw.std(), rtol=1e-9)
    assert data.valid.astype(np.float64).std() != pytest.approx(1, abs=1e-6)


def test_seed_decides_the_split(data_dir):
    first, again, other = (
        speech.load("fsdd", data_dir=data_dir, seed=seed) for seed in (3, 3, 4)
    )
    assert first.fingerprint == again.fingerprint != other.fingerprint
    for split in SPLITS:
        np.testing.assert_array_equal(getattr(first, split), getattr(again, split))
        assert not np.array_equal(getattr(first, split), getattr(other, split))


def test_split_is_the_same_on_every_machine(data_dir):
    digests = [
        speech.load(source, data_dir=data_dir, **size).fingerprint[:12]
        for source, size in SETS
    ]
    assert digests == ["32ffe8bd5f25", "34c274517e2d", "ce38b41cd7f3"]


def test_too_few_windows_are_counted(data_dir):
    reason = "800 windows are wanted, 19 are there in 3000 recordings.*sequences=19"
    with pytest.raises(
        ValueError, match=f"fsdd_8khz.npz, in windows of 8000.*{reason}"
    ):
        speech.load("fsdd", 800, 8000, data_dir=data_dir)


def test_a_recording_that_fills_a_split_is_not_used_for_another():
    windows = [np.full((7, 2), index, np.float32) for index in range(4)]
    splits = split_by_recording(windows, sequences=10, seed=0)
    assert [len(splits[split]) for split in SPLITS] == [8, 1, 1]
    order = np.random.RandomState(0).permutation(4)
    assert splits["test"].tolist() == [[order[0]] * 2]
    assert splits["valid"].tolist() == [[order[1]] * 2]
    expected = [*[[order[2]] * 2] * 7, [order[3]] * 2]
    assert splits["train"].tolist() == expected


def numbered(*counts):
    """Windows of one sample, which says where they are."""
    ends = np.cumsum(counts)
    return [
        np.arange(end - count, end, dtype=np.float32)[:, None]
        for end, count in zip(ends, counts, strict=True)
    ]


def test_too_few_recordings_are_counted():
    reason = r"60 are there in 3 .* of which 26 can be used .* sequences=26$"
    with pytest.raises(ValueError, match=reason):
        split_windows(numbered(20, 20, 20), [20, 20, 20], sequences=50, seed=0)


@pytest.mark.parametrize("counts", [(20, 20, 20), (7, 0, 3, 90, 5), (1,) * 11])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_is_the_largest_number_that_would_do(counts, seed):
    windows = numbered(*counts)
    splits = split_windows(windows, counts, None, seed)
    used = sum(map(len, splits.values()))
    assert [len(splits[name]) for name in SPLITS[1:]] == [round(used / 10)] * 2
    for sequences in range(used + 1, sum(counts) + 1):
        with pytest.raises(ValueError, match=f"sequences={used}$"):
            split_windows(windows, counts, sequences, seed)
        with pytest.raises(StopIteration):
            split_by_recording(windows, sequences, seed)


@pytest.mark.parametrize("counts", [(30,), (12, 18)])
def test_few_recordings_are_split_by_time(counts):
    splits = split_windows(numbered(*counts), counts, None, seed=0)
    assert [part.ravel().tolist() for part in (splits[name] for name in SPLITS)] == [
        list(range(24)),
        list(range(24, 27)),
        list(range(27, 30)),
    ]
    splits = split_windows(numbered(*counts), counts, 10, seed=3)
    assert [splits[name].ravel().tolist() for name in SPLITS] == [
        list(range(8)),
        [8],
        [9],
    ]
    with pytest.raises(ValueError, match=r"30 are there in .* sequences=30$"):
        split_windows(numbered(*counts), counts, 31, seed=0)


@pytest.mark.parametrize("lengths", [(59,), (29, 35), (9, 30, 7), (4,)])
def test_the_longest_windows_that_would_do_are_named(lengths):
    recordings = [np.ones(length, np.float32) for length in lengths]
    enough = [
        length
        for length in range(1, max(lengths) + 1)
        if _is_enough(cut(recordings, length, 0.0), lengths)
    ]
    with pytest.raises(ValueError, match=f"length={max(enough, default=0)}$"):
        split_windows(cut(recordings, 100, 0.0), lengths, None, seed=0)


def _is_enough(windows, lengths):
    try:
        split_windows(windows, lengths, None, seed=0)
    except ValueError:
        return False
    return True


def test_windows_stay_in_their_recording():
    recordings = [np.arange(7, dtype=np.float32), np.arange(2, dtype=np.float32)]
    first, second = cut(recordings, 3, 0.0)
    assert first.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert second.shape == (0, 3)


def test_a_window_as_loud_as_the_bound_stays():
    recording = np.repeat(np.float32([0.25, 0.5, 0.125]), 4)
    (windows,) = cut([recording], 4, 0.25)
    assert windows[:, 0].tolist() == [0.25, 0.5]


@pytest.mark.parametrize(
    ("length", "arguments", "steps"),
    [
        (500, {}, 48),
        (8000, {}, 798),
        (500, {"hop": 1}, 471),
        (500, {"hop": 20}, 24),
        (30, {}, 1),
        (39, {}, 1),
        (40, {}, 2),
        (101, {"inputs": 7, "outputs": 3, "hop": 4}, 23),
        (101, {"inputs": 3, "outputs": 50, "hop": 60}, 1),
    ],
)
def test_frames_equal_a_plain_loop(length, arguments, steps):
    data = dataset(length)
    inputs, targets = data.frames("valid", **arguments)
    given, predicted, hop = {
        "inputs": 20,
        "outputs": 10,
        "hop": 10,
        **arguments,
    }.values()
    assert len(inputs) == len(targets) == 4
    for index, sequence in enumerate(data.valid):
        assert inputs[index].shape == (steps, given)
        assert targets[index].shape == (steps, predicted)
        for step in range(steps):
            middle = step * hop + given
            np.testing.assert_array_equal(
                inputs[index][step], sequence[step * hop : middle]
            )
            np.testing.assert_array_equal(
                targets[index][step], sequence[middle : middle + predicted]
            )


def test_frames_are_views():
    data = dataset()
    inputs, targets = data.frames("train")
    for frames in (inputs[3], targets[3]):
        assert np.shares_memory(frames, data.train)
        assert not frames.flags.writeable


def test_frames_make_batches():
    batches = SequenceBatches(*dataset().frames("train"), batch_size=3, shuffle=False)
    inputs, targets, weight = batches[0]
    assert (inputs.shape, targets.shape) == ((3, 48, 20), (3, 48, 10))
    assert weight.all() and batches.steps == 4 * 48


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("dev",), "Unknown split 'dev', known are: train, valid, test"),
        (("train", 0), "inputs must be positive, received 0"),
        (("train", 20, -1), "outputs must be positive, received -1"),
        (("train", 20, 10, 0), "hop must be positive, received 0"),
        (("train", 300, 201), r"needs 300 \+ 201 samples, but .* noise have 500"),
    ],
)
def test_frames_say_what_is_wrong(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        dataset().frames(*arguments)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"sequences": 5}, "sequences must be at least 6, .* received 5"),
        ({"sequences": 6.5}, "sequences must be at least 6, .* received 6.5"),
        ({"length": 0}, "length must be a positive integer, received 0"),
        ({"length": 0.5}, "length must be a positive integer, received 0.5"),
        ({"sample_rate": None}, "sample_rate must be a positive integer, .* None"),
        ({"seed": -1}, r"seed must be an integer from 0 to 2\*\*32 - 1, received -1"),
        ({"seed": "1"}, "seed must be an integer from 0 .* received '1'"),
        ({"seed": 2**32}, "seed must be an integer from 0 .* received 4294967296"),
        ({"silence_rms": -0.1}, "silence_rms must be from 0 to 1, received -0.1"),
        ({"silence_rms": float("nan")}, "silence_rms must be .* received nan"),
        ({"sample_rate": 16000}, "fsdd has 8000 samples per second, received .* 16000"),
    ],
)
def test_load_says_what_is_wrong(data_dir, arguments, reason):
    with pytest.raises(ValueError, match=reason):
        speech.load("fsdd", data_dir=data_dir, **arguments)


def test_unknown_source_is_an_error(tmp_path):
    reason = f"'{tmp_path}/no' is neither one of fsdd, asterisk nor a folder nor a file"
    with pytest.raises(ValueError, match=reason):
        speech.load(tmp_path / "no")


def test_dataset_is_frozen_and_prints_no_samples():
    data = dataset()
    with pytest.raises(FrozenInstanceError):
        data.mean = 1.0
    assert "array" not in repr(data) and "mean=0.0" in repr(data)
    assert data != replace(data)
