"""The real collections: all of their tunes are read, or refused with a reason."""

import re
from collections import Counter

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, tunes
from keras_gated.datasets.tunes import _catalogue, loading
from tests import needs

needs.package("music21")

SPLITS = ("train", "valid", "test")
DIFFERENT = {
    "nottingham": 3,
    "oneill": 7,
    "ryan": 34,
    "aird": 21,
}
"""Tunes of each collection that are refused."""


@pytest.fixture(scope="module")
def data(data_dir):
    return tunes.load(data_dir=data_dir)


def everything(data):
    return data.train + data.valid + data.test


def corpus(source):
    return source.partition("/")[0]


def test_every_tune_is_read_or_refused(data, data_dir):
    for name, refused in DIFFERENT.items():
        beginnings = sum(
            len(re.findall(r"(?m)^X:", text))
            for _, text in _catalogue.CATALOGUE[name].texts(data_dir)
        )
        read = sum(corpus(tune.source) == name for tune in everything(data))
        no_tune = "text outside of a tune"
        reasons = [
            refusal.reason
            for refusal in data.refusals
            if corpus(refusal.source) == name and refusal.reason != no_tune
        ]
        assert len(reasons) == refused
        assert read + refused == beginnings
    assert len(everything(data)) == 5217


def test_refusals_have_reasons(data):
    assert Counter(refusal.reason for refusal in data.refusals) == {
        "unknown sign": 34,
        "several voices": 12,
        "text in the header": 8,
        "no note in a chord": 3,
        "tuplet in a tuplet": 2,
        "unknown K:": 2,
        "no M:": 1,
        "broken rhythm of nothing": 1,
        "text outside of a tune": 1,
        "tie of nothing": 1,
        "unopened bracket": 1,
    }
    for refusal in data.refusals:
        assert re.fullmatch(r"line \d+, column \d+", refusal.place)


def test_bars_add_up(data):
    checks = [tunes.check_tune(tune) for tune in everything(data)[::4]]
    assert not any(check.error for check in checks)
    assert np.mean([check.bars for check in checks]) == pytest.approx(0.95, abs=0.02)
    assert np.mean([check.repeats for check in checks]) > 0.98
    assert np.mean([check.in_key for check in checks]) > 0.98


def test_no_family_is_in_two_splits(data):
    assert len(data.train) + len(data.valid) + len(data.test) == 5217
    for split in ("valid", "test"):
        assert len(getattr(data, split)) == pytest.approx(522, abs=12)
    labels = tunes.families(everything(data))
    ends = np.cumsum([len(getattr(data, split)) for split in SPLITS])[:-1]
    train, valid, test = map(set, np.split(labels, ends))
    assert not (train & valid or train & test or valid & test)
    _, sizes = np.unique(labels, return_counts=True)
    assert data.families == len(sizes) == 4264
    assert sizes.max() == 12


def test_a_tune_and_its_transposition_are_not_apart(data):
    """By all intervals, without the shingles of `families`."""
    homes = {}
    for split in SPLITS:
        for tune in getattr(data, split):
            pitches = [note.pitch for note in tune.notes(repeats=False)]
            homes.setdefault(tuple(np.diff(pitches).tolist()), set()).add(split)
    assert all(len(splits) == 1 for splits in homes.values())


def test_duplicates(data):
    groups = {
        name: [tune for tune in everything(data) if corpus(tune.source) == name]
        for name in DIFFERENT
    }
    counts = {name: tunes.count_duplicates(group) for name, group in groups.items()}
    assert counts == {"nottingham": 3, "oneill": 47, "ryan": 15, "aird": 0}


def test_the_split_follows_from_the_seed(data):
    some = data.test[:200]
    first, _ = loading._split(some, 0.2, 0.3, seed=1)
    assert loading._split(some, 0.2, 0.3, seed=1)[0] == first
    other, _ = loading._split(some, 0.2, 0.3, seed=2)
    assert other != first
    for splits in (first, other):
        assert sorted(tune.source for split in SPLITS for tune in splits[split]) == (
            sorted(tune.source for tune in some)
        )
        assert len(splits["valid"]) == pytest.approx(40, abs=5)
        assert len(splits["test"]) == pytest.approx(60, abs=5)


def test_text_of_tunes_is_read_again_as_the_same(data):
    for tune in data.test[::2]:
        (again,), _ = tunes.parse_abc(tune.abc())
        assert again.tokens == tune.tokens


def test_a_sample_beside_music21(data_dir, monkeypatch):
    """All of it: python -m tests.datasets.tunes.beside_music21"""
    from tests.datasets.tunes import beside_music21

    for name in ("nottingham", "aird"):
        counts, _ = beside_music21.compare(name, every=80)
        assert counts[beside_music21.SAME] > 0.8 * counts.total()
        assert counts["none of these"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"corpora": ["thesession"]}, "corpora must be some of nottingham, oneill"),
        ({"corpora": "aird"}, "corpora must be some of"),
        ({"corpora": []}, "corpora must be some of"),
        ({"validation_split": 0}, "must be above 0"),
        ({"test_split": 0.9}, "must leave something to train on"),
        ({"seed": -1}, "seed must be an integer from 0"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        tunes.load(**arguments)


def test_without_the_file(tmp_path, no_data):
    with pytest.raises(DatasetNotFoundError, match="nottingham_abc_cleaned"):
        tunes.load(["nottingham"])
    with pytest.raises(DatasetNotFoundError, match="does not hold the collection"):
        tunes.load(["nottingham"], data_dir=tmp_path)


def test_another_file_is_not_read(tmp_path):
    (tmp_path / "nottingham_abc_cleaned.abc").write_text("X:1\nM:C\nK:C\nC\n")
    with pytest.raises(ValueError, match="SHA-256"):
        tunes.load(["nottingham"], data_dir=tmp_path)


def test_without_music21(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DatasetNotFoundError, match=r"keras_gated\[tunes\]"):
        tunes.load(["aird"])


def test_music21_without_its_tunes(monkeypatch, tmp_path):
    monkeypatch.setattr(_catalogue, "corpus_folder", lambda name, extra: tmp_path)
    with pytest.raises(DatasetNotFoundError, match=r"holds no \.abc files"):
        tunes.load(["aird"])
