"""Natural speech: whose phones, at which frames, in which split."""

from itertools import groupby

import numpy as np
import pytest

from keras_gated.datasets import phones, speech

SPLITS = ("train", "valid", "test")
WORDS = (
    *("zero", "one", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine"),
)


@pytest.fixture(scope="module")
def asterisk(data_dir):
    return phones.load("asterisk", data_dir=data_dir)


@pytest.fixture(scope="module")
def fsdd(data_dir):
    return phones.load("fsdd", data_dir=data_dir)


def test_sizes(asterisk, fsdd):
    assert [len(getattr(asterisk, split)) for split in SPLITS] == [314, 40, 37]
    assert [len(getattr(fsdd, split)) for split in SPLITS] == [1949, 500, 500]
    assert len(asterisk.phone_names) == 39 and len(fsdd.phone_names) == 20
    assert {"SIL"} <= set(asterisk.phone_names) & set(fsdd.phone_names)


def test_fsdd_is_split_by_speaker(fsdd, data_dir):
    speakers = {split: {u.voice for u in getattr(fsdd, split)} for split in SPLITS}
    assert speakers["valid"] == {"theo"} and speakers["test"] == {"yweweler"}
    assert speakers["train"] == {"george", "jackson", "lucas", "nicolas"}
    with pytest.raises(ValueError, match="leave nothing in valid, test: the set is"):
        phones.load("fsdd", ["george", "lucas"], data_dir)


def test_speakers_and_digits_are_those_of_the_recordings(fsdd, data_dir):
    with np.load(data_dir / "speech" / "fsdd_phones.npz") as file:
        recordings = np.unique(file["recording"])
    with np.load(data_dir / "speech" / "fsdd_8khz.npz") as file:
        names = file["speaker_names"][file["speaker"][recordings]].tolist()
        digits = file["digit"][recordings].tolist()
    words = (
        *("zero", "one", "two", "three", "four"),
        *("five", "six", "seven", "eight", "nine"),
    )
    found = {split: [] for split in SPLITS}
    for name, digit in zip(names, digits, strict=True):
        split = {"theo": "valid", "yweweler": "test"}.get(name, "train")
        found[split].append((name, words[digit]))
    for split in SPLITS:
        assert [(u.voice, u.text) for u in getattr(fsdd, split)] == found[split]


def test_asterisk_is_split_by_sentence(asterisk):
    texts = [{u.text for u in getattr(asterisk, split)} for split in SPLITS]
    assert not texts[0] & texts[1] and not (texts[0] | texts[1]) & texts[2]
    for utterance in asterisk.test:
        said = [asterisk.phone_names[phone] for phone, _ in groupby(utterance.phones)]
        # Those that last a frame or two may lie between the middles of frames.
        assert len(said) >= 0.9 * len(utterance.text.split())


def test_frames_are_those_of_the_recordings(asterisk, data_dir):
    with np.load(data_dir / "speech" / "asterisk_en_allison_phones.npz") as file:
        arrays = dict(file)
    waveforms = speech.load_recordings("asterisk", data_dir)
    by_text = {u.text: u for split in SPLITS for u in getattr(asterisk, split)}
    for number in (0, 50, 390):
        recording = np.unique(arrays["recording"])[number]
        segments = np.flatnonzero(arrays["recording"] == recording)
        names = arrays["phone_names"][arrays["phone"][segments]]
        text = " ".join(name for name, _ in groupby(names))
        utterance = by_text[text]
        assert len(utterance.frames) == len(utterance.phones)
        if sum(u.text == text for u in by_text.values()) == 1:
            np.testing.assert_array_equal(
                utterance.frames, phones.log_mel(waveforms[recording], 8000)
            )
        for t, phone in enumerate(utterance.phones[:-1]):
            # The middle of the window, in frames of the aligner.
            place = (10 * t + 12.5) / 10
            (segment,) = segments[
                (arrays["start"][segments] <= place) & (place < arrays["end"][segments])
            ]
            assert phone == arrays["phone"][segment]


def test_pauses_are_softer_than_vowels(asterisk, fsdd):
    """Were frames and phones shifted against each other, it would not hold."""
    for data in (asterisk, fsdd):
        frames = np.concatenate([u.frames.mean(axis=1) for u in data.train])
        labels = np.concatenate([u.phones for u in data.train])
        loudness = {
            name: frames[labels == data.phone_names.index(name)].mean()
            for name in ("SIL", "AY", "IY", "OW", "S")
        }
        assert min(loudness[name] for name in ("AY", "IY", "OW")) > loudness["SIL"] + 5


def test_fingerprints_are_the_same_on_every_machine(asterisk, fsdd):
    assert asterisk.fingerprint[:12] == "aebd92813a73"
    assert fsdd.fingerprint[:12] == "0057411d0d20"


def test_recordings_of_unknown_sources_are_refused():
    with pytest.raises(ValueError, match="'timit', known are: fsdd, asterisk"):
        speech.load_recordings("timit")
