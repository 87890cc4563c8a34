import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, phones

SPLITS = ("train", "valid", "test")
FILE = "flite_phones_logmel.npz"


@pytest.fixture(scope="module")
def data(data_dir):
    return phones.load("flite", data_dir=data_dir)


@pytest.fixture(scope="module")
def arrays(data_dir):
    with np.load(data_dir / "speech" / FILE, allow_pickle=False) as file:
        return dict(file)


def of_split(arrays, split):
    """Numbers of the utterances of a split, in order, and where each begins."""
    number = arrays["split_names"].tolist().index(split)
    starts = np.cumsum(arrays["lengths"], dtype=int) - arrays["lengths"]
    return [(i, starts[i]) for i in np.flatnonzero(arrays["split"] == number)]


def test_sizes(data, data_dir):
    assert [len(getattr(data, split)) for split in SPLITS] == [600, 60, 120]
    assert len(data.phone_names) == 41 and "pau" in data.phone_names
    assert data.voice_names == ("awb", "rms", "slt")
    assert data.frames_per_second == 100
    assert data.source == str(data_dir / "speech" / FILE)


def test_frames_are_the_energies_of_the_file_in_decibels(data, arrays):
    for split in SPLITS:
        utterances = getattr(data, split)
        for utterance, (i, start) in zip(
            utterances, of_split(arrays, split), strict=True
        ):
            stored = arrays["features"][start : start + arrays["lengths"][i]]
            # Half a decibel a step: the energy that a step stands for comes back.
            energy = 10 ** (utterance.frames.astype(float) / 10) - 1
            np.testing.assert_array_equal(
                np.round(2 * 10 * np.log10(energy + 1)), stored
            )
            assert utterance.frames.dtype == np.float32
            assert utterance.text == arrays["text"][i]
            assert utterance.voice == arrays["voice_names"][arrays["voice"][i]]


def test_every_frame_has_the_phone_of_its_segment(data, arrays):
    utterances = {
        i: utterance
        for split in SPLITS
        for utterance, (i, _) in zip(
            getattr(data, split), of_split(arrays, split), strict=True
        )
    }
    named = 0
    for recording, phone, start, end in zip(
        *(arrays[name] for name in ("recording", "phone", "start", "end")), strict=True
    ):
        assert (utterances[recording].phones[start:end] == phone).all()
        named += int(end) - int(start)
    assert named == sum(len(utterance.phones) for utterance in utterances.values())


def test_no_sentence_is_in_two_splits_and_all_voices_share_the_tests(data):
    said = {
        split: {
            voice: [u.text for u in getattr(data, split) if u.voice == voice]
            for voice in data.voice_names
        }
        for split in SPLITS
    }
    texts = {split: set().union(*said[split].values()) for split in SPLITS}
    assert texts["train"].isdisjoint(texts["valid"] | texts["test"])
    assert texts["valid"].isdisjoint(texts["test"])
    assert len(texts["train"]) == len(data.train)
    for split, count in (("valid", 20), ("test", 40)):
        assert all(set(said[split][voice]) == texts[split] for voice in said[split])
        assert len(texts[split]) == count


def test_voices_are_chosen(data, data_dir):
    slt = phones.load("flite", ["slt"], data_dir)
    assert slt.voice_names == ("slt",)
    assert [len(getattr(slt, split)) for split in SPLITS] == [200, 20, 40]
    assert {u.voice for split in SPLITS for u in getattr(slt, split)} == {"slt"}
    assert slt.fingerprint != data.fingerprint
    # The order is that of the file, not of the argument.
    two = phones.load("flite", ["slt", "awb"], data_dir)
    assert two.voice_names == ("awb", "slt")


def test_fingerprint_is_the_same_on_every_machine(data):
    assert data.fingerprint[:12] == "d581debcf8b5"


def test_scale_comes_from_the_training_frames(data):
    train, valid, raw = (
        np.concatenate(data.frames(split, scale)[0])
        for split, scale in (("train", True), ("valid", True), ("valid", False))
    )
    np.testing.assert_allclose(train.mean(axis=0, dtype=float), 0, atol=1e-4)
    np.testing.assert_allclose(train.std(axis=0, dtype=float), 1, atol=1e-4)
    assert train.dtype == np.float32
    frames = np.concatenate([u.frames for u in data.train]).astype(float)
    np.testing.assert_allclose(
        valid, (raw - frames.mean(axis=0)) / frames.std(axis=0), atol=1e-4
    )


def utterance(steps, bands=2):
    frames = np.arange(steps * bands, dtype=np.float32).reshape(steps, bands)
    return phones.Utterance(frames, np.arange(steps, dtype=np.uint8), "me", "Hm.")


def dataset(*utterances):
    return phones.PhoneDataset(
        name="hums",
        **{split: list(utterances) for split in SPLITS},
        phone_names=("m",),
        voice_names=("me",),
        frames_per_second=100,
        source="here",
        fingerprint="",
    )


@pytest.mark.parametrize(
    ("stack", "steps", "middle"),
    [(1, 7, [0, 1, 2, 3, 4, 5, 6]), (2, 3, [1, 3, 5]), (3, 2, [1, 4]), (7, 1, [3])],
)
def test_stacked_frames_have_the_phone_of_the_middle_one(stack, steps, middle):
    (inputs,), (labels,) = dataset(utterance(7)).frames("test", False, stack)
    assert inputs.shape == (steps, 2 * stack)
    np.testing.assert_array_equal(
        inputs.ravel(), np.arange(steps * stack * 2, dtype=np.float32)
    )
    assert labels.tolist() == middle


def test_a_band_that_never_changes_is_only_centred():
    silent = phones.Utterance(np.full((4, 2), 9.0), np.zeros(4), "me", "")
    (inputs,), _ = dataset(silent).frames("train")
    np.testing.assert_array_equal(inputs, np.zeros((4, 2)))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("dev",), "Unknown split 'dev', known are: train, valid, test"),
        (("train", True, 0), "stack must be a positive integer, received 0"),
        (("train", True, 1.5), r"stack must be a positive integer, received 1\.5"),
        (("train", True, 4), "a step needs 4 frames, but an utterance of train has 3"),
    ],
)
def test_bad_arguments_of_frames(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        dataset(utterance(7), utterance(3)).frames(*arguments)


def test_the_scale_is_computed_once():
    data = dataset(utterance(7))
    frames = [np.ones((3, 2), np.float32)]
    (expected,) = data.standardize(frames)
    # Of forty minutes of speech it takes longer than a frame.
    data.train.clear()
    np.testing.assert_array_equal(data.standardize(frames)[0], expected)


@pytest.mark.parametrize("shape", [(3, 3), (3, 1), (2,), (1, 3, 2)])
def test_only_frames_of_the_same_bands_are_scaled(shape):
    silent = phones.Utterance(np.full((4, 2), 9.0), np.zeros(4), "me", "")
    frames = [np.zeros((0, 2)), np.zeros(shape)]
    with pytest.raises(ValueError, match=r"has frames \(time, 2\)\. .* with bands=2"):
        dataset(silent).standardize(frames)


@pytest.mark.parametrize("voices", [["kal"], [], ["slt", "kal"]])
def test_unknown_voices_are_named(data_dir, voices):
    with pytest.raises(ValueError, match="among awb, rms, slt"):
        phones.load("flite", voices, data_dir)


def test_an_unknown_source_is_an_error():
    with pytest.raises(ValueError, match="known are: flite, asterisk, fsdd"):
        phones.load("timit")


def test_where_the_file_comes_from_is_told(no_data):
    with pytest.raises(DatasetNotFoundError) as error:
        phones.load("flite")
    message = str(error.value)
    assert FILE in message and "speech synthesiser flite" in message
    assert str(no_data.with_name("speech")) in message
