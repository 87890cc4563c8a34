"""MIDI files of one's own: written by mido, read here and by music21."""

from contextlib import nullcontext
from fractions import Fraction
from itertools import chain

import mido
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches, music
from keras_gated.datasets.music._midi import MOST_STEPS
from keras_gated.generation import write_midi

pytestmark = pytest.mark.once

TICKS = 480


def note(pitch, start, end, channel=0):
    """The messages of a note, with times in ticks from the beginning."""
    return [
        (start, mido.Message("note_on", note=pitch, channel=channel)),
        (end, mido.Message("note_off", note=pitch, channel=channel)),
    ]


def control(time, number, value, channel=0):
    message = mido.Message(
        "control_change", control=number, value=value, channel=channel
    )
    return [(time, message)]


def track(*events):
    """A track of events in order of time; of one time, in the order given."""
    ordered = sorted((event for part in events for event in part), key=lambda e: e[0])
    made, now = mido.MidiTrack(), 0
    for time, message in ordered:
        made.append(message.copy(time=time - now))
        now = time
    return made


def save(path, *tracks, ticks=TICKS, kind=1):
    mido.MidiFile(type=kind, tracks=list(tracks), ticks_per_beat=ticks).save(path)
    return path


def heard(roll):
    """The pitches of each step."""
    return [(np.flatnonzero(step) + 21).tolist() for step in roll]


def random_roll(seed=0, steps=24):
    rng = np.random.default_rng(seed)
    roll = (rng.random((steps, 88)) < 0.05).astype(np.uint8)
    roll[-1, 40] = 1
    return roll


@pytest.mark.parametrize("beats", [1, 0.5, 1.5, 1 / 3, Fraction(2, 7)])
def test_reads_what_write_midi_writes(tmp_path, beats):
    roll = random_roll()
    write_midi(tmp_path / "a.mid", roll, 0.37, beats_per_step=beats)
    read = music.read_piano_roll(tmp_path / "a.mid", step=beats)
    np.testing.assert_array_equal(read, roll)
    assert read.dtype == np.uint8
    twice = music.read_piano_roll(str(tmp_path / "a.mid"), step=Fraction(beats) / 2)
    np.testing.assert_array_equal(twice, np.repeat(roll, 2, axis=0))


@pytest.mark.parametrize("step", [1, 0.5, 0.25])
def test_samples_as_music21_does(tmp_path, step):
    """At the beat, held notes included, against another reader of the same file."""
    from music21 import converter

    rng = np.random.default_rng(3)
    parts = []
    for channel in (0, 3):
        starts = np.cumsum(rng.choice([120, 240, 480, 720], 40))
        lengths = rng.choice([120, 240, 480, 960], 40)
        pitches = rng.permutation(np.arange(30, 70))
        parts.append(
            track(
                *(
                    note(int(pitch), int(start), int(start + length), channel)
                    for pitch, start, length in zip(
                        pitches, starts, lengths, strict=True
                    )
                )
            )
        )
    path = save(tmp_path / "a.mid", *parts)
    with pytest.warns(UserWarning) if step > 0.25 else nullcontext():
        roll = music.read_piano_roll(path, step)
    notes = converter.parse(path, quantizePost=False).flatten().notes
    expected = np.zeros((len(roll) + 1, 88), np.uint8)
    for found in notes:
        times = step * np.arange(len(expected))
        on = (times >= found.offset) & (times < found.offset + found.quarterLength)
        for pitch in found.pitches:
            expected[on, pitch.midi - 21] = 1
    assert not expected[-1].any()
    np.testing.assert_array_equal(roll, expected[:-1])


def test_the_speed_of_the_beats_makes_no_difference(tmp_path):
    tempi = [
        (time, mido.MetaMessage("set_tempo", tempo=time * 900 + 1))
        for time in (0, 200, 700)
    ]
    notes = [*note(60, 0, 480), *note(62, 480, 1440)]
    path = save(tmp_path / "a.mid", track(tempi), track(notes))
    assert heard(music.read_piano_roll(path)) == [[60], [62], [62]]


def test_any_division_of_the_beat(tmp_path):
    path = save(tmp_path / "a.mid", track(note(60, 0, 5), note(67, 5, 15)), ticks=5)
    assert heard(music.read_piano_roll(path)) == [[60], [67], [67]]


def test_drums_are_no_pitches(tmp_path):
    path = save(tmp_path / "a.mid", track(note(60, 0, 480), note(36, 0, 480, 9)))
    assert heard(music.read_piano_roll(path)) == [[60]]


def test_notes_that_overlap_on_a_key_end_in_the_order_they_began(tmp_path):
    events = [*note(60, 0, 960), *note(60, 480, 1920), *note(60, 480, 960, channel=1)]
    assert len(music.read_piano_roll(save(tmp_path / "a.mid", track(events)))) == 4


def test_a_note_struck_again_before_its_end_is_written(tmp_path):
    """At one tick, some programs write the new note before the end of the old."""
    first, second = note(60, 0, 480), note(60, 480, 960)
    path = save(tmp_path / "a.mid", track([first[0], second[0], first[1], second[1]]))
    assert heard(music.read_piano_roll(path)) == [[60], [60]]


def test_silent_strikes_end_notes(tmp_path):
    on, _ = note(60, 0, 0)
    silent = (480, mido.Message("note_on", note=60, velocity=0))
    path = save(tmp_path / "a.mid", track([on, silent], note(64, 480, 960)))
    assert heard(music.read_piano_roll(path)) == [[60], [64]]


@pytest.mark.parametrize("number", [120, 123])
def test_all_notes_off(tmp_path, number):
    on, _ = note(60, 0, 0)
    events = ([on], control(960, number, 0), note(64, 0, 1440, channel=1))
    path = save(tmp_path / "a.mid", track(*events))
    assert heard(music.read_piano_roll(path)) == [[60, 64], [60, 64], [64]]


def test_what_never_ends_lasts_as_long_as_the_track(tmp_path):
    on, _ = note(60, 0, 0)
    path = save(tmp_path / "a.mid", track([on], note(64, 0, 960)))
    assert heard(music.read_piano_roll(path)) == [[60, 64], [60, 64]]


def test_the_pedal_holds_where_it_is_asked_for(tmp_path):
    events = (
        *(control(0, 64, 127), note(60, 0, 240), note(62, 480, 720)),
        *(control(960, 64, 0), note(64, 960, 1440), note(48, 0, 240, channel=1)),
        control(1440, 64, 100),
        note(65, 1440, 1500),
    )
    path = save(tmp_path / "a.mid", track(*events))
    assert heard(music.read_piano_roll(path)) == [[48, 60], [62], [64], [65]]
    held = music.read_piano_roll(path, pedal=True)
    assert heard(held) == [[48, 60], [60, 62], [64], [65]]


def test_what_is_played_need_not_be_on_the_beat(tmp_path):
    events = [*note(60, 30, 500), *note(62, 440, 960), *note(64, 990, 1400)]
    path = save(tmp_path / "a.mid", track(events))
    assert heard(music.read_piano_roll(path)) == [[60], [62], [64]]


def test_short_notes_on_a_beat_are_kept_and_others_counted(tmp_path):
    on_beats = [note(60, 480 * beat + 20, 480 * beat + 40) for beat in range(8)]
    between = [note(62, 480 * beat + 240, 480 * beat + 400) for beat in range(2)]
    path = save(tmp_path / "a.mid", track(*on_beats, between[0]))
    with pytest.warns(UserWarning, match=r"a\.mid: 1 of 9 notes .* two steps of 1"):
        assert heard(music.read_piano_roll(path)) == [[60]] * 8
    assert music.read_piano_roll(path, step=0.5)[1, 41] == 1
    many = [note(65, 0, 480) for _ in range(8)]
    save(path, track(*on_beats, *many, between[0]))
    music.read_piano_roll(path)


def test_pitches_no_piano_has_are_counted(tmp_path):
    path = save(tmp_path / "a.mid", track(note(20, 0, 480), note(109, 0, 480)))
    with pytest.raises(ValueError, match=r"a\.mid has 2 notes .* 0 of them from 21"):
        music.read_piano_roll(path)
    save(path, track(note(20, 0, 480), note(21, 0, 480), note(108, 0, 480)))
    with pytest.warns(UserWarning, match="1 of 3 notes are left out, with pitches"):
        assert heard(music.read_piano_roll(path)) == [[21, 108]]


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
