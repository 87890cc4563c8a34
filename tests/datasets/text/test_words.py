"""Texts as words: the King James Bible, and the Penn Treebank of those who have it."""

import numpy as np
import pytest

from keras_gated.datasets import text


@pytest.fixture
def bible(data_dir):
    return text.king_james_words(most_words=2000, data_dir=data_dir)


def test_the_bible_as_words(bible):
    first = " ".join(bible.vocabulary.decode(bible.train[0, :23]))
    assert first == (
        "in the beginning god created the heaven and the earth . <eos> and the earth "
        "was without <unk> , and <unk> ; and"
    )
    assert len(bible.vocabulary) == 2000
    assert bible.train.shape[0] == 20 and bible.train.shape[1] % 35 == 1
    last = bible.vocabulary.decode(bible.test[-1])
    assert "amen" in last and "jesus" in last


def folder_of(tmp_path, **files):
    for split, content in files.items():
        (tmp_path / f"ptb.{split}.txt").write_bytes(content)
    return tmp_path


def test_the_penn_treebank(tmp_path):
    sentence = b" the <unk> sat on N mats \n"
    folder = folder_of(
        tmp_path, train=sentence * 9, valid=sentence * 4, test=sentence * 4
    )
    data = text.read_penn_treebank(folder, rows=2, window=6)
    assert data.vocabulary.symbols == (
        *("<eos>", "<unk>", "N", "mats", "on", "sat", "the"),
    )
    assert data.vocabulary.decode(data.test[1, :8]) == [
        *("mats", "<eos>", "the", "<unk>", "sat", "on", "N", "mats"),
    ]
    assert data.train.shape == (2, 31) and data.valid.shape == (2, 13)
    assert np.array_equal(data.train[1, 0], data.train[0, -1])


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no folder of the Penn Treebank.*has no ptb.train.txt, ptb.valid.txt"),
        ({"train": b"a b\n", "valid": b"a\n"}, "has no ptb.test.txt"),
        (dict.fromkeys(("train", "valid", "test"), b"\n\n"), "ptb.train.txt has no wo"),
        (dict.fromkeys(("train", "valid", "test"), b"\xff\n"), "no text in UTF-8"),
        (dict.fromkeys(("train", "valid", "test"), b"a b\n"), "has 3 words, which are"),
        (
            {"train": b"a b\n" * 99, "valid": b"a c\n" * 99, "test": b"a b\n" * 99},
            "ptb.valid.txt: 'c', token 1, is not in the vocabulary",
        ),
    ],
)
def test_bad_folders(tmp_path, files, message):
    with pytest.raises(ValueError, match=message):
        text.read_penn_treebank(folder_of(tmp_path, **files), rows=2, window=5)


def test_too_few_words(data_dir):
    with pytest.raises(ValueError, match=r"most_words must be at least 3.*=2"):
        text.king_james_words(most_words=2, data_dir=data_dir)


@pytest.mark.parametrize("most_words", [3, 4])
def test_the_end_of_a_verse_counts_among_few_words(most_words, data_dir):
    # It is less frequent than the first marks and words.
    data = text.king_james_words(most_words=most_words, data_dir=data_dir)
    assert len(data.vocabulary) == most_words
    assert {"<eos>", "<unk>"} < set(data.vocabulary.symbols)


@pytest.mark.parametrize("counts", [{"rows": 0}, {"window": 0}, {"rows": 2.0}])
def test_bad_streams(tmp_path, counts):
    folder = folder_of(
        tmp_path, **dict.fromkeys(("train", "valid", "test"), b"a b\n" * 99)
    )
    with pytest.raises(ValueError, match="must be a positive integer, received"):
        text.read_penn_treebank(folder, **{"rows": 2, "window": 5, **counts})
