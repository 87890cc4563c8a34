"""Texts and their splits."""

import lzma

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, StreamBatches, text

NUMBERS = [str(number) for number in range(1000)]
"""A text whose symbols tell their place."""

SPLITS = ("train", "valid", "test")


def cut(**settings):
    vocabulary = text.Vocabulary(NUMBERS, "tokens")
    data = text.from_text(NUMBERS, vocabulary=vocabulary, **settings)
    return {split: getattr(data, split) for split in SPLITS}


def test_rows_take_each_split_from_every_row():
    streams = cut(rows=3, window=15)
    # 22 windows in a row, of which 17, 2 and 3.
    for split, begin, windows in (("train", 0, 17), ("valid", 17, 2), ("test", 19, 3)):
        for row in range(3):
            first = (row * 22 + begin) * 15
            expected = np.arange(first, first + windows * 15 + 1)
            np.testing.assert_array_equal(streams[split][row], expected)


def test_the_tail_of_the_text_is_the_test():
    streams = cut(split="tail", rows=3, window=15)
    begin = 0
    for split, windows in (("train", 17), ("valid", 2), ("test", 3)):
        for row in streams[split]:
            np.testing.assert_array_equal(row, begin + np.arange(windows * 15 + 1))
            begin += windows * 15


@pytest.mark.parametrize("split", ["rows", "tail"])
def test_every_symbol_but_the_rest_is_predicted_once(split):
    streams = cut(split=split, rows=4, window=10, fractions=(0.5, 0.25, 0.25))
    targets = np.concatenate([s[:, 1:].ravel() for s in streams.values()])
    np.testing.assert_array_equal(np.sort(targets), np.arange(1, 961))


def test_a_fraction_is_what_it_says_where_floats_are_not():
    """0.29 * 100 is less than 29."""
    streams = cut(rows=1, window=9, fractions=(0.29, 0.3, 0.41))
    assert streams["train"].shape == (1, 32 * 9 + 1)
    streams = cut(rows=1, window=5, fractions=(0.29, 0.01, 0.7))
    assert streams["train"].shape == (1, 57 * 5 + 1)
    data = text.from_text("ab" * 501, rows=1, window=10, fractions=(0.29, 0.01, 0.7))
    assert data.train.shape == (1, 291) and data.valid.shape == (1, 11)


def test_batches_are_windows_of_a_split():
    data = text.from_text("to be or not to be, " * 30, rows=2, window=10)
    batches = data.batches("valid")
    assert isinstance(batches, StreamBatches)
    assert (batches.window, batches.batch_size, len(batches)) == (10, 2, 2)
    assert data.batches("test", window=7)[0][0].shape == (2, 7)
    with pytest.raises(ValueError, match="Unknown split 'dev', known are: train"):
        data.batches("dev")


def test_the_fingerprint_is_that_of_the_split():
    first, again, tail = (
        text.from_text("abcd" * 99, split, rows=2, window=5).fingerprint
        for split in ("rows", "rows", "tail")
    )
    assert first == again != tail


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("aaaa" * 99, {}, "from 2 to 65536 symbols. Received 1: 'a'"),
        ("ab", {}, "2 symbols has 0 windows of 100 steps in each of 100 rows, which"),
        ("", {}, "Received 0"),
        (
            *("", {"vocabulary": text.Vocabulary("ab")}),
            "0 symbols has 0 windows .* gives 0 train, 0 valid, 0 test",
        ),
        ("ab" * 6, {"rows": 1, "window": 12}, "12 symbols has 0 windows of 12 steps"),
        (["a", 2] * 99, {}, "Symbol 1 is byte 2, which is none of tokens"),
        ("ab" * 99, {"rows": 1, "window": 99}, "1 windows .* gives 0 train, 0 valid"),
        ("ab", {"rows": 0}, "rows must be a positive integer, received 0"),
        ("ab", {"window": 1.5}, "window must be a positive integer, received 1.5"),
        ("ab", {"split": "head"}, "received 'head'"),
        ("ab", {"fractions": (0.9, 0.1)}, r"three positive numbers.*\(0.9, 0.1\)"),
        ("ab", {"fractions": (0.9, 0.1, 0.1)}, "sum up to 1"),
        ("ab", {"fractions": None}, "sum up to 1. Received: None"),
        ("ab", {"fractions": "abc"}, "sum up to 1. Received: abc"),
        ("ab", {"fractions": (1.1, -0.2, 0.1)}, "three positive numbers"),
        ("abc", {"vocabulary": text.Vocabulary("ab")}, "'c', line 1, column 3"),
    ],
)
def test_bad_texts_and_settings(content, settings, message):
    with pytest.raises(ValueError, match=message):
        text.from_text(content, **settings)


def test_numbers_of_numpy_are_integers_too():
    # Whose product is 4 in this type.
    rows, window = np.uint8(20), np.uint8(13)
    data = text.from_text("abcd" * 2600, rows=rows, window=window)
    expected = text.from_text("abcd" * 2600, rows=20, window=13)
    assert data.fingerprint == expected.fingerprint
    assert len(data.batches("train")) == len(expected.batches("train")) == 31


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "ptb"}, "Unknown text 'ptb', known are: war_and_peace"),
        ({"symbols": "words"}, "received 'words'"),
        ({"rows": -1}, "rows must be"),
    ],
)
def test_bad_arguments_are_told_before_any_file_is_opened(no_data, settings, message):
    with pytest.raises(ValueError, match=message) as error:
        text.load(**settings, download=False)
    assert not isinstance(error.value, DatasetNotFoundError)


def test_where_the_file_comes_from_is_told(no_data):
    with pytest.raises(DatasetNotFoundError, match=r"cs\.stanford\.edu"):
        text.load("war_and_peace", download=False)


@pytest.fixture(scope="module")
def novel(data_dir):
    return text.load("war_and_peace", data_dir=data_dir)


def test_war_and_peace_is_that_of_the_paper(novel, data_dir):
    assert novel.vocabulary.kind == "bytes" and len(novel.vocabulary) == 87
    assert novel.source == str(data_dir / "text" / "warpeace_input.txt.xz")
    assert [len(novel.batches(split)) for split in SPLITS] == [260, 32, 33]
    # "330K characters".
    assert novel.batches("test").steps == 330_000
    assert novel.fingerprint[:12] == "4ef13ebcbea6"
    begin = novel.vocabulary.decode(novel.train[0, :8])
    assert begin == b'\xef\xbb\xbf"Well'


def test_rows_follow_each_other_in_the_text(novel):
    for row in (0, 57):
        np.testing.assert_array_equal(novel.train[row, -1], novel.valid[row, 0])
        np.testing.assert_array_equal(novel.valid[row, -1], novel.test[row, 0])
        np.testing.assert_array_equal(novel.test[row, -1], novel.train[row + 1, 0])


def test_it_is_read_unpacked_too(novel, data_dir, tmp_path):
    packed = data_dir / "text" / "warpeace_input.txt.xz"
    plain = tmp_path / "warpeace_input.txt"
    plain.write_bytes(lzma.decompress(packed.read_bytes()))
    assert text.load(data_dir=tmp_path).fingerprint == novel.fingerprint
    plain.write_bytes(plain.read_bytes()[:-1])
    with pytest.raises(ValueError, match="cannot be read as the text war_and_peace"):
        text.load(data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "symbols", "windows"),
    [
        ("linux_kernel", 97, [558, 31, 31]),
        ("tiny_shakespeare", 65, [88, 11, 12]),
        ("king_james", 73, [352, 44, 44]),
    ],
)
def test_the_other_texts(data_dir, name, symbols, windows):
    data = text.load(name, data_dir=data_dir)
    assert len(data.vocabulary) == symbols
    assert [len(data.batches(split)) for split in SPLITS] == windows


def test_characters_are_fewer_than_bytes(data_dir):
    data = text.load("war_and_peace", symbols="characters", data_dir=data_dir)
    assert "é" in data.vocabulary and "\ufeff" in data.vocabulary
