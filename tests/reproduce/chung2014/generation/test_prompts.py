"""Which steps of which sequence a model is given, and how long they are."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from keras_gated.datasets import music
from keras_gated.generation import write_midi
from keras_gated.generation._chain import read_chain
from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.models import sequence_model
from reproduce.studies.chung2014.generation import prompts
from reproduce.studies.chung2014.generation.options import read_prompt_choice
from reproduce.studies.chung2014.generation.prompts import (
    beats_of,
    load_prompt,
    read_prompt_file,
)

OTHER_FOLDER = Path("elsewhere")


def chain_of(input_size, head=None):
    head = head or BernoulliHead(input_size)
    return read_chain(sequence_model("gru", 2, head, input_size))


PIANO, PAPER = chain_of(88), chain_of(93)
SPEECH = chain_of(20, MDNHead(2, 10))


def choice(*words):
    return read_prompt_choice(words)


@pytest.fixture
def asked(monkeypatch):
    """Stands in for the data: three test sequences of which each number says where."""
    asked = []

    def load_task(dataset, encoding, data_dir):
        asked.append((dataset, encoding, data_dir))
        columns = 20 if "speech" in dataset else {"piano": 88, "paper": 93}[encoding]
        sequences = [
            np.full((steps, columns), 100 * number) + np.arange(steps)[:, None]
            for number, steps in ((1, 12), (2, 8), (3, 30))
        ]
        test = sequences, [sequence + 0.5 for sequence in sequences]
        wrong = [np.zeros((99, columns))] * 9, []
        return SimpleNamespace(splits={"train": wrong, "valid": wrong, "test": test})

    monkeypatch.setattr(prompts, "load_task", load_task)
    return asked


@pytest.mark.parametrize(
    ("words", "chain", "trained_on", "dataset", "encoding", "first"),
    [
        (["chorale"], PIANO, "jsb_chorales", "jsb_chorales", "piano", 100),
        (["chorale", "2"], PIANO, "jsb_chorales", "jsb_chorales", "piano", 200),
        (["tune", "3"], PIANO, "jsb_chorales", "nottingham", "piano", 300),
        (["musedata", "1"], PAPER, None, "musedata", "paper", 100),
        (["recording"], SPEECH, "speech_b", "speech_b", "paper", 100),
        (["recording", "3"], SPEECH, None, "speech_a", "paper", 300),
        (["recording"], SPEECH, "jsb_chorales", "speech_a", "paper", 100),
        (["speech_b"], SPEECH, "speech_a", "speech_b", "paper", 100),
    ],
)
def test_a_test_sequence(words, chain, trained_on, dataset, encoding, first, asked):
    prompt, found = load_prompt(choice(*words), 8, chain, trained_on, OTHER_FOLDER)
    assert found == dataset
    assert asked == [(dataset, encoding, OTHER_FOLDER)]
    assert prompt.shape == (8, chain.input_size)
    np.testing.assert_array_equal(prompt[:, 0], first + np.arange(8))


@pytest.mark.parametrize(
    ("words", "steps", "chain", "message"),
    [
        (["chorale", "4"], 8, PIANO, "no test sequence 4 in jsb_chorales, which has 3"),
        (["chorale", "2"], 9, PIANO, "2 of jsb_chorales has 8 steps, fewer than the 9"),
        (["recording"], 8, PIANO, "ends in BernoulliHead, .* prompt of speech_a"),
        (["chorale"], 8, SPEECH, "ends in MDNHead, .* prompt of jsb_chorales"),
        (["chorale"], 8, chain_of(7), "takes 7 numbers at a step, .* has 93"),
    ],
)
def test_what_there_is_not(words, steps, chain, message, asked):
    with pytest.raises(ValueError, match=message):
        load_prompt(choice(*words), steps, chain, None, None)


@pytest.mark.parametrize(
    ("words", "number"), [(["chorale"], 1), (["tune", "1"], 1), (["tune", "12"], 12)]
)
def test_sequences_are_counted_from_one(words, number):
    chosen = choice(*words)
    assert (chosen.name, chosen.number, chosen.file) == (words[0], number, None)
    assert not chosen.is_silence
    assert choice("silence").is_silence


def test_beats():
    quarter = ("jsb_chorales",)
    eighth = ("nottingham", "musedata", "piano_midi_de", "mine", "", None)
    assert {beats_of(name) for name in quarter} == {Fraction(1)}
    assert {beats_of(name) for name in eighth} == {Fraction(1, 2)}


@pytest.fixture
def tune(tmp_path):
    """A file of 12 eighths, no two of which are the same, and their piano roll."""
    roll = np.zeros((12, 88), "uint8")
    roll[np.arange(12), 30 + np.arange(12)] = 1
    path = tmp_path / "tune.mid"
    write_midi(path, roll, step_seconds=0.3, beats_per_step=0.5)
    return path, roll


@pytest.mark.parametrize(
    ("step", "trained_on", "every"),
    [
        (Fraction(1, 2), None, 1),
        (Fraction(1), None, 2),
        (None, "nottingham", 1),
        (None, "jsb_chorales", 2),
        (Fraction(1, 2), "jsb_chorales", 1),
    ],
)
# Notes that begin between two steps are lost, and the reader says so.
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_file(step, trained_on, every, tune):
    path, roll = tune
    found = read_prompt_file(path, 5, step, PIANO, trained_on)
    np.testing.assert_array_equal(found, roll[::every][:5])
    length = len(roll[::every])
    assert len(read_prompt_file(path, length, step, PIANO, trained_on)) == length
    with pytest.raises(ValueError, match=f"has {length} steps, fewer than the 99"):
        read_prompt_file(path, 99, step, PIANO, trained_on)


def test_a_file_for_a_model_of_the_papers_columns(tune):
    path, roll = tune
    found = read_prompt_file(path, 12, Fraction(1, 2), PAPER, None)
    # The columns of the paper count pitches from 1, the lowest key is 21.
    expected = np.zeros((12, 93), "uint8")
    expected[:, 20:] = roll[:, : 93 - 20]
    np.testing.assert_array_equal(found, expected)


def test_a_file_needs_a_model_of_music_and_the_length_of_a_step(tune):
    path, _ = tune
    with pytest.raises(ValueError, match="ends in MDNHead"):
        read_prompt_file(path, 5, Fraction(1, 2), SPEECH, None)
    with pytest.raises(ValueError, match="--step 1 or --step 1/2"):
        read_prompt_file(path, 5, None, PIANO, None)


def test_a_real_chorale(data_dir):
    found, dataset = load_prompt(
        choice("chorale", "3"), 10, PIANO, "jsb_chorales", data_dir
    )
    assert dataset == "jsb_chorales"
    expected = music.load("jsb_chorales", data_dir).test[2][:10]
    np.testing.assert_array_equal(found, expected)
