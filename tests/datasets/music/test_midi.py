"""MIDI files of one's own as rolls: written by mido, read here and by music21."""

from contextlib import nullcontext
from fractions import Fraction

import mido
import numpy as np
import pytest

from keras_gated.datasets import music
from keras_gated.generation import write_midi
from tests.datasets.music.midi_files import (
    control,
    heard,
    note,
    random_roll,
    save,
    track,
)


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
