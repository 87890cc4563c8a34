import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, music
from tests.datasets.music import layouts

SPLITS = ("train", "valid", "test")

# Sequences, length min / mean / max, steps, notes, notes per step mean / max,
# pitch min / max, silent steps.
COUNTS = {
    "jsb_chorales": (
        (229, 25, 60.29, 129, 13807, 53824, 3.898, 4, 43, 96, 18),
        (76, 32, 60.55, 144, 4602, 17811, 3.870, 4, 48, 96, 29),
        (77, 32, 61.36, 160, 4725, 18367, 3.887, 4, 45, 96, 17),
    ),
    "nottingham": (
        (694, 40, 254.41, 1788, 176561, 699403, 3.961, 9, 31, 93, 487),
        (173, 96, 263.08, 1473, 45513, 180192, 3.959, 8, 34, 91, 51),
        (170, 63, 261.55, 1793, 44463, 177421, 3.990, 9, 36, 89, 19),
    ),
    "musedata": (
        (524, 9, 467.94, 3457, 245202, 856543, 3.493, 14, 21, 96, 12962),
        (135, 63, 613.00, 3723, 82755, 287893, 3.479, 15, 21, 100, 4412),
        (124, 45, 518.86, 4273, 64339, 211857, 3.293, 14, 21, 105, 5042),
    ),
    "piano_midi_de": (
        (87, 111, 872.54, 3857, 75911, 231089, 3.044, 12, 21, 108, 4917),
        (12, 209, 711.67, 1637, 8540, 27623, 3.235, 11, 24, 104, 251),
        (25, 65, 761.44, 2645, 19036, 56067, 2.945, 10, 21, 108, 652),
    ),
}
PAPER_DIMS = {
    "jsb_chorales": 96,
    "nottingham": 93,
    "musedata": 105,
    "piano_midi_de": 108,
}
REFERENCE_NLL = {
    "jsb_chorales": (11.091, 10.491),
    "nottingham": (10.261, 5.153),
    "musedata": (11.514, 8.559),
    "piano_midi_de": (11.052, 8.265),
}


@pytest.fixture(scope="module")
def loaded(data_dir):
    return {name: music.load(name, data_dir) for name in music.NAMES}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", music.NAMES)
def test_counts(loaded, name, split):
    sequences = getattr(loaded[name], split)
    lengths = [len(sequence) for sequence in sequences]
    roll = np.concatenate(sequences)
    pitches = np.flatnonzero(roll.any(axis=0)) + 21
    sounding = roll.sum(axis=1, dtype=int)
    assert roll.dtype == np.uint8 and roll.shape[1] == 88 and roll.max() == 1
    assert (
        len(sequences),
        min(lengths),
        round(np.mean(lengths), 2),
        max(lengths),
        len(roll),
        sounding.sum(),
        round(sounding.mean(), 3),
        sounding.max(),
        pitches[0],
        pitches[-1],
        (sounding == 0).sum(),
    ) == COUNTS[name][SPLITS.index(split)]


def bernoulli_nll(targets, probability):
    return -np.where(targets, np.log(probability), np.log1p(-probability)).sum(axis=1)


def marginal_nll(train, test):
    roll = np.concatenate(train)
    probability = (roll.sum(axis=0, dtype=float) + 0.5) / (len(roll) + 1)
    return np.concatenate([bernoulli_nll(s[1:], probability) for s in test]).mean()


def markov_nll(train, test):
    before = np.concatenate([sequence[:-1] for sequence in train])
    after = np.concatenate([sequence[1:] for sequence in train])
    probability = [
        ((after * (before == state)).sum(axis=0, dtype=float) + 0.5)
        / ((before == state).sum(axis=0) + 1)
        for state in (0, 1)
    ]
    return np.concatenate(
        [
            bernoulli_nll(s[1:], np.where(s[:-1], probability[1], probability[0]))
            for s in test
        ]
    ).mean()


@pytest.mark.parametrize("name", music.NAMES)
def test_reference_likelihoods(loaded, name):
    data = loaded[name]
    likelihoods = marginal_nll(data.train, data.test), markov_nll(data.train, data.test)
    np.testing.assert_allclose(likelihoods, REFERENCE_NLL[name], atol=5.1e-4)


@pytest.mark.parametrize("name", music.NAMES)
def test_paper_encoding(loaded, data_dir, name):
    paper = music.load(name, data_dir, encoding="paper")
    dims = PAPER_DIMS[name]
    assert (paper.encoding, paper.dims) == ("paper", dims)
    highest = 0
    for split in SPLITS:
        for wide, roll in zip(
            getattr(paper, split), getattr(loaded[name], split), strict=True
        ):
            assert wide.shape == (len(roll), dims) and wide.dtype == np.uint8
            times, keys = np.nonzero(roll)
            wide_times, columns = np.nonzero(wide)
            np.testing.assert_array_equal(wide_times, times)
            np.testing.assert_array_equal(columns + 1, keys + 21)
            highest = max(highest, columns.max() + 1)
    assert highest == dims


def test_paper_encoding_does_not_change_the_fingerprint(loaded, data_dir):
    paper = music.load("jsb_chorales", data_dir, encoding="paper")
    assert paper.fingerprint == loaded["jsb_chorales"].fingerprint


def test_says_what_was_loaded(loaded, data_dir):
    chorales = loaded["jsb_chorales"]
    assert chorales.name == "jsb_chorales"
    assert (chorales.encoding, chorales.dims) == ("piano", 88)
    assert chorales.source == str(data_dir / "music" / "jsb_chorales.npz")
    assert len(repr(chorales)) < 400


def test_dataset_is_frozen(loaded):
    with pytest.raises(AttributeError):
        loaded["jsb_chorales"].train = []


def test_names():
    assert music.NAMES == ("jsb_chorales", "nottingham", "musedata", "piano_midi_de")


def test_unknown_name():
    with pytest.raises(ValueError, match="'bach', known are: jsb_chorales, nottingham"):
        music.load("bach")


def test_unknown_encoding(data_dir):
    with pytest.raises(ValueError, match="'midi', known are: piano, paper"):
        music.load("jsb_chorales", data_dir, encoding="midi")


def test_refuses_other_music_under_the_name(tmp_path):
    tune = [[60], [62]]
    content = layouts.npz({"train": [tune, tune], "valid": [tune], "test": [tune]})
    path = layouts.write(tmp_path, content)
    with pytest.raises(ValueError, match="2 train, 1 valid, 1 test") as error:
        music.load("jsb_chorales", tmp_path)
    message = str(error.value)
    assert str(path) in message and "data set jsb_chorales" in message
    assert "Remove the file" in message


def test_refuses_another_set_under_the_name(tmp_path, data_dir):
    other = (data_dir / "music" / "piano_midi_de.npz").read_bytes()
    (tmp_path / "musedata.npz").write_bytes(other)
    with pytest.raises(ValueError, match="as the data set musedata: its SHA-256"):
        music.load("musedata", tmp_path)


def test_refuses_music_with_one_note_changed(tmp_path, data_dir):
    with np.load(data_dir / "music" / "jsb_chorales.npz") as archive:
        arrays = dict(archive)
    arrays["test_notes"][-1] += 1
    np.savez(tmp_path / "jsb_chorales_from_music21.npz", **arrays)
    with pytest.raises(ValueError, match="differ from the published ones"):
        music.load("jsb_chorales", tmp_path)


def test_broken_file_is_not_passed_over(no_data, tmp_path, monkeypatch):
    (tmp_path / "jsb_chorales.npz").write_bytes(b"PK broken")
    monkeypatch.setenv("KERAS_GATED_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="cannot be read") as error:
        music.load("jsb_chorales")
    assert not isinstance(error.value, DatasetNotFoundError)


def test_too_high_a_pitch_for_the_paper_encoding():
    from keras_gated.datasets.music._piano_roll import to_paper_columns

    roll = np.zeros((2, 88), np.uint8)
    roll[1, 94 - 21] = 1
    assert to_paper_columns(roll, 94).shape == (2, 94)
    with pytest.raises(ValueError, match="pitch 94 does not fit into 93"):
        to_paper_columns(roll, 93)
