import shutil

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, music
from keras_gated.datasets.music import _music21

pytest.importorskip("music21")


@pytest.fixture(scope="module")
def paths():
    return _music21.score_paths()


def named(paths, *names):
    return [path for name in names for path in paths if path.name == name]


def test_scores_come_in_the_order_of_their_numbers(paths):
    names = [path.name for path in paths]
    assert len(names) > 382
    assert len(set(names)) == len(names)
    positions = [
        names.index(name) for name in ("bwv1.6.mxl", "bwv10.7.mxl", "bwv101.7.mxl")
    ]
    assert positions == sorted(positions)
    assert names.index("bwv2.6.mxl") < names.index("bwv10.7.mxl")


def test_converts_what_sounds_at_each_quarter(paths):
    """Against music21's own merging of the four voices into chords."""
    from music21 import converter

    (path,) = named(paths, "bwv269.mxl")
    (roll,) = _music21.convert_scores([path])
    score = converter.parse(path, forceSource=True, storePickle=False)
    assert score.analyze("key").tonic.name == "G"
    assert len(roll) == score.highestTime
    chords = score.chordify().flatten().notes
    for time, step in enumerate(roll):
        (chord,) = chords.getElementsByOffset(
            time, mustBeginInSpan=False, includeElementsThatEndAtStart=False
        )
        expected = {pitch.midi + 5 for pitch in chord.pitches}
        assert set(np.flatnonzero(step) + 21) == expected


def test_chorales_end_in_c(paths):
    chosen = named(paths, "bwv2.6.mxl", "bwv10.7.mxl", "bwv269.mxl", "bwv66.6.mxl")
    for roll in _music21.convert_scores(chosen):
        bass = [np.flatnonzero(step)[0] + 21 for step in roll if step.any()]
        assert bass[-1] % 12 in (0, 7)
        assert roll.sum(axis=1).max() <= 4


def test_takes_the_voices_out_of_a_score_with_instruments(paths):
    (roll,) = _music21.convert_scores(named(paths, "bwv1.6.mxl"))
    assert roll.sum(axis=1).max() == 4


@pytest.mark.parametrize("name", ["bwv269.mxl", "bwv846.mxl", "bwv248.64-6.mxl"])
def test_leaves_out_repeats_preludes_and_interludes(paths, name):
    chorale, other = named(paths, "bwv269.mxl", name)
    assert len(_music21.convert_scores([chorale, other])) == 1


@pytest.mark.parametrize(
    ("pieces", "sizes"),
    [(382, (229, 76, 77)), (404, (229, 76, 77)), (191, (115, 38, 38)), (10, (7, 1, 2))],
)
def test_splits_in_order(pieces, sizes):
    rolls = [np.full((2, 88), number % 2, np.uint8) for number in range(pieces)]
    splits = _music21.split_chorales(rolls)
    assert tuple(len(rolls) for rolls in splits.values()) == sizes
    in_order = [roll for split in splits.values() for roll in split]
    assert all(a is b for a, b in zip(in_order, rolls, strict=False))


def test_fallback_warns_and_is_cached(no_data, monkeypatch, paths):
    monkeypatch.setattr(_music21, "score_paths", lambda: paths[:8])
    with pytest.warns(UserWarning, match="NOT COMPARABLE"):
        first = music.load("jsb_chorales", download=False, fallback=True)
    assert not first.comparable
    assert "music21" in first.source
    assert [len(first.train), len(first.valid), len(first.test)] == [6, 1, 1]
    (cached,) = no_data.iterdir()
    assert f"music21-{_music21.music21_version()}-v" in cached.name

    monkeypatch.setattr(_music21, "convert_scores", None)
    with pytest.warns(UserWarning, match="NOT COMPARABLE"):
        again = music.load(
            "jsb_chorales", download=False, fallback=True, encoding="paper"
        )
    assert again.dims == 96
    assert again.fingerprint == first.fingerprint


def test_broken_conversion_in_the_cache_is_named(no_data):
    no_data.mkdir(parents=True)
    version = f"{_music21.music21_version()}-v{_music21._CONVERTER_VERSION}"
    path = no_data / f"jsb_chorales-music21-{version}.npz"
    path.write_bytes(b"PK")
    with (
        pytest.warns(UserWarning, match="NOT COMPARABLE"),
        pytest.raises(ValueError, match="Remove the file") as error,
    ):
        music.load("jsb_chorales", download=False, fallback=True)
    assert str(path) in str(error.value)


def test_fallback_is_only_for_chorales_and_only_when_asked(no_data):
    for arguments in (
        {"name": "nottingham", "fallback": True},
        {"name": "jsb_chorales"},
    ):
        with pytest.raises(DatasetNotFoundError):
            music.load(download=False, **arguments)


def test_real_data_come_before_the_fallback(no_data, data_dir):
    no_data.mkdir(parents=True)
    shutil.copy(data_dir / "music" / "jsb_chorales.npz", no_data)
    assert music.load("jsb_chorales", download=False, fallback=True).comparable


def test_missing_package_is_named(no_data, monkeypatch):
    def version(name):
        raise _music21.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(_music21.importlib.metadata, "version", version)
    with pytest.raises(ImportError, match=r'pip install "keras_gated\[reproduce\]"'):
        music.load("jsb_chorales", download=False, fallback=True)
