"""MIDI files of one's own as a data set, and what is no such file."""

from itertools import chain

import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches, music
from keras_gated.datasets.music.midi import MOST_STEPS
from keras_gated.generation import write_midi
from tests.datasets.music.midi_files import (
    note,
    random_roll,
    save,
    track,
)


@pytest.fixture
def folder(tmp_path):
    """Twenty pieces in a folder and one below it, of which the lengths tell."""
    folder = tmp_path / "tunes"
    for length in range(2, 22):
        name = f"{length:02}.mid" if length % 2 else f"below/{length:02}.MIDI"
        write_midi(folder / name, random_roll(length, length))
    (folder / "notes.txt").write_text("no music")
    return folder


def lengths_of(data):
    return [
        [len(roll) for roll in part] for part in (data.train, data.valid, data.test)
    ]


def test_a_folder_is_a_data_set(folder):
    data = music.read_midi(folder, step=1)
    parts = lengths_of(data)
    assert list(map(len, parts)) == [16, 2, 2]
    assert sorted(chain(*parts)) == list(range(2, 22))
    assert (data.name, data.encoding, data.dims) == ("tunes", "piano", 88)
    assert data.source == str(folder)
    for part in (data.train, data.valid, data.test):
        for roll in part:
            np.testing.assert_array_equal(roll, random_roll(len(roll), len(roll)))
    batches = SequenceBatches.next_step(data.train, batch_size=4)
    assert batches.steps == sum(parts[0]) - 16


def test_the_seed_and_the_shares_decide_the_split(folder):
    first, again, other = (music.read_midi(folder, seed=seed) for seed in (0, 0, 1))
    assert lengths_of(first) == lengths_of(again) != lengths_of(other)
    assert first.fingerprint == again.fingerprint != other.fingerprint
    for shares, counts in [((0.25, 0), [15, 5, 0]), ((0, 0.01), [19, 0, 1])]:
        data = music.read_midi(folder, 1, *shares)
        assert list(map(len, lengths_of(data))) == counts


def test_several_files(folder):
    data = music.read_midi(
        [folder / "03.mid", str(folder / "05.mid"), folder / "07.mid"]
    )
    assert sorted(chain(*lengths_of(data))) == [3, 5, 7]
    assert "3 MIDI files" in data.source


def test_a_single_piece_is_cut_by_time(tmp_path):
    roll = random_roll(steps=40)
    write_midi(tmp_path / "a.mid", roll)
    data = music.read_midi(tmp_path / "a.mid", test_split=0.2)
    assert lengths_of(data) == [[28], [4], [8]]
    np.testing.assert_array_equal(
        np.concatenate([*data.train, *data.valid, *data.test]), roll
    )
    assert data.name == "a"


def broken(path):
    path.write_bytes(b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x20\0\x90")


def of_type_two(path):
    save(path, track(note(60, 0, 480)), kind=2)


def counting_frames(path):
    save(path, track(note(60, 0, 480)))
    content = bytearray(path.read_bytes())
    content[12:14] = b"\xe7\x28"
    path.write_bytes(content)


def with_an_odd_key(path):
    """The signature of a key that is none, as in many files of the web."""
    save(path, track(note(60, 0, 480)))
    content = path.read_bytes()
    event = b"\0\xff\x59\2\xff\xff"
    size = int.from_bytes(content[18:22]) + len(event)
    path.write_bytes(content[:18] + size.to_bytes(4) + event + content[22:])


def of_a_year(path):
    save(path, track(note(60, 0, 480 * (MOST_STEPS + 1))), ticks=480)


def empty(path):
    save(path, track())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("no music"), "MThd not found"),
        (lambda path: path.write_bytes(b""), "cannot be read as a MIDI file"),
        (lambda path: None, "No such file"),
        (broken, "cannot be read as a MIDI file: EOFError"),
        (of_type_two, "of type 2"),
        (counting_frames, "frames of a film"),
        (with_an_odd_key, "Could not decode key"),
        (of_a_year, f"{MOST_STEPS + 1} steps of 1 beats; at most {MOST_STEPS}"),
        (empty, "has 0 notes"),
    ],
)
def test_files_that_are_no_music_are_named(tmp_path, make, message):
    path = tmp_path / "a.mid"
    make(path)
    for read in (music.read_piano_roll, music.read_midi):
        with pytest.raises(ValueError, match=message) as error:
            read(path)
        assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"step": 0}, "step=0"),
        ({"step": -1}, "step=-1"),
        ({"step": float("nan")}, "step=nan"),
        ({"step": float("inf")}, "step=inf"),
        ({"step": 1e-6}, "at least 1 / 10000"),
        ({"step": "a beat"}, "step='a beat'"),
        ({"step": 30}, "single step of 30 beats"),
        ({"validation_split": 1.0}, "validation_split must be"),
        ({"test_split": -0.1}, "test_split must be"),
        ({"validation_split": 0.5, "test_split": 0.5}, "leave something to train on"),
        ({"validation_split": 0.5, "test_split": 0.48}, "20 pieces are too few"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_arguments_out_of_range(folder, arguments, message):
    with pytest.raises(ValueError, match=message):
        music.read_midi(folder, **arguments)


def test_nothing_to_read(tmp_path):
    with pytest.raises(ValueError, match="holds no MIDI file"):
        music.read_midi(tmp_path)
    with pytest.raises(ValueError, match="Received none"):
        music.read_midi([])


def test_a_piece_too_short_to_be_cut(tmp_path):
    write_midi(tmp_path / "a.mid", random_roll(steps=5))
    with pytest.raises(ValueError, match=r"5 steps are too few .* 2 test, 2 valid"):
        music.read_midi(tmp_path / "a.mid")
    assert lengths_of(music.read_midi(tmp_path / "a.mid", 1, 0, 0)) == [[5], [], []]
