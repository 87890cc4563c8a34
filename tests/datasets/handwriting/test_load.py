import shutil

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, handwriting

SPLITS = ("train", "valid", "test")
FILE = "omniglot_strokes.npz"
FEW = {"words": (56, 6, 9)}


@pytest.fixture(scope="module")
def data(data_dir):
    return handwriting.load("omniglot", **FEW, data_dir=data_dir)


def test_sizes(data, data_dir):
    assert [len(getattr(data, split)) for split in SPLITS] == [56, 6, 9]
    assert data.source == str(data_dir / "handwriting" / FILE)
    assert data.letters == "abcdefghijklmnopqrstuvwxyz"
    for split in SPLITS:
        for word in getattr(data, split):
            assert 3 <= len(word.text) <= 7
            assert word.points.shape[1] == 3 and word.points.dtype == np.float32
            assert set(np.unique(word.points[:, 2])) <= {0, 1}
            # Each letter has a stroke at least.
            assert word.points[:, 2].sum() >= len(word.text)
            assert word.points[-1, 2] == 1


def test_fingerprint_is_the_same_on_every_machine(data):
    assert data.fingerprint[:12] == "dd2750f86e32"


@pytest.mark.parametrize(
    "changed",
    [{"words": (56, 6, 8)}, {"lengths": (3, 6)}, {"spacing": 11.0}, {"seed": 1}],
)
def test_fingerprint_depends_on_the_settings(data, data_dir, changed):
    other = handwriting.load("omniglot", **{**FEW, **changed}, data_dir=data_dir)
    assert other.fingerprint != data.fingerprint


def test_more_words_begin_with_the_same_ones(data, data_dir):
    more = handwriting.load("omniglot", (57, 6, 9), data_dir=data_dir)
    assert [word.text for word in more.train[:56]] == [w.text for w in data.train]


def test_offsets_lead_along_the_points(data):
    for split in SPLITS:
        offsets, letters = data.offsets(split, standardize=False)
        for word, steps, label in zip(
            getattr(data, split), offsets, letters, strict=True
        ):
            assert steps.dtype == np.float32 and not steps[0, :2].any()
            np.testing.assert_allclose(
                word.points[0, :2] + np.cumsum(steps[:, :2], axis=0),
                word.points[:, :2],
                atol=1e-3,
            )
            np.testing.assert_array_equal(steps[:, 2], word.points[:, 2])
            assert "".join(" abcdefghijklmnopqrstuvwxyz"[i] for i in label) == word.text


def test_scale_comes_from_the_training_words(data):
    (train, valid), (_, raw) = (
        [np.concatenate(data.offsets(split, scale)[0]) for split in ("train", "valid")]
        for scale in (True, False)
    )
    assert np.square(train[:, :2]).mean(dtype=float) == pytest.approx(1, abs=1e-5)
    ratios = raw[:, :2][raw[:, :2] != 0] / valid[:, :2][raw[:, :2] != 0]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-5)
    assert np.square(valid[:, :2]).mean(dtype=float) != pytest.approx(1, abs=1e-5)


def test_a_pen_that_never_moves_is_not_scaled():
    dot = handwriting.Word(np.array([[3.0, 4.0, 1.0]], np.float32), "i", 0)
    data = handwriting.HandwritingDataset(
        "dots", [dot], [dot], [dot], source="here", fingerprint=""
    )
    (steps,), _ = data.offsets("train")
    np.testing.assert_array_equal(steps, [[0, 0, 1]])


def test_an_unknown_split_is_an_error(data):
    with pytest.raises(ValueError, match="Unknown split 'dev', known are: train"):
        data.offsets("dev")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"source": "iam"}, "Unknown source 'iam', known are: omniglot"),
        ({"words": (5, 5)}, r"three positive numbers.*Received: \(5, 5\)"),
        ({"words": (5, 0, 5)}, r"three positive numbers.*Received: \(5, 0, 5\)"),
        ({"lengths": (0, 3)}, r"at least 1. Received: \(0, 3\)"),
        ({"lengths": (4, 3)}, r"at least 1. Received: \(4, 3\)"),
        ({"lengths": (4,)}, r"at least 1. Received: \(4,\)"),
        ({"spacing": 0.0}, "spacing must be from 1 to 105 pixels, received 0.0"),
        ({"spacing": float("nan")}, "spacing must be .* received nan"),
        ({"seed": -1}, "seed must be an integer from 0 .* received -1"),
    ],
)
def test_bad_arguments_are_told_before_any_file_is_opened(no_data, arguments, reason):
    with pytest.raises(ValueError, match=reason) as error:
        handwriting.load(**arguments, download=False)
    assert not isinstance(error.value, DatasetNotFoundError)


def test_where_the_file_comes_from_is_told(no_data):
    with pytest.raises(DatasetNotFoundError) as error:
        handwriting.load("omniglot", download=False)
    message = str(error.value)
    assert "brendenlake/omniglot" in message and "download=True" in message
    assert str(no_data.with_name("handwriting")) in message


def test_the_compact_file_is_found_in_the_cache(no_data, data_dir, data):
    cache = no_data.with_name("handwriting")
    cache.mkdir(parents=True)
    shutil.copy(data_dir / "handwriting" / FILE, cache)
    found = handwriting.load("omniglot", **FEW, download=False)
    assert found.source == str(cache / FILE)
    assert found.fingerprint == data.fingerprint
