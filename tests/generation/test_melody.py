"""Melodies in files hold what was asked for, read back by other programs."""

import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import mido
import numpy as np
import pytest

from keras_gated.datasets import tunes
from keras_gated.generation import (
    synthesize,
    synthesize_melody,
    write_melody,
    write_score,
)
from tests import needs

pytestmark = pytest.mark.once

WRITTEN = """M:2/4 K:Dmaj (3 d e f g > a | (5 A B c d e [ A f ] 2 - | [ A f ] 4 |
f f z 2 :|"""
TUNE = tunes.Tune(WRITTEN.split())


def notes_of(path):
    (track,) = mido.MidiFile(path).tracks
    ticks = mido.MidiFile(path).ticks_per_beat
    notes, sounding, now = [], {}, 0
    for message in track:
        now += message.time
        if message.type == "note_on":
            assert message.note not in sounding
            sounding[message.note] = now
        elif message.type == "note_off":
            start = sounding.pop(message.note)
            times = Fraction(start, ticks), Fraction(now - start, ticks)
            notes.append((*times, message.note))
    assert not sounding
    return sorted(notes)


def test_midi_has_the_exact_times(tmp_path):
    write_melody(tmp_path / "new" / "tune.mid", TUNE.notes(), 0.4, program=73)
    assert notes_of(tmp_path / "new" / "tune.mid") == sorted(map(tuple, TUNE.notes()))
    file = mido.MidiFile(tmp_path / "new" / "tune.mid")
    last = max(note.onset + note.duration for note in TUNE.notes())
    assert file.length == pytest.approx(float(last) * 0.4)
    assert [m.program for m in file if m.type == "program_change"] == [73]


@pytest.mark.parametrize("parts", [7, 9, 7 * 9, 64, 1001])
def test_ticks_are_as_fine_as_the_notes(tmp_path, parts):
    notes = [(Fraction(n, parts), Fraction(1, parts), 60 + n) for n in range(3)]
    write_melody(tmp_path / "fine.mid", notes)
    assert notes_of(tmp_path / "fine.mid") == notes


def test_what_midi_cannot_have_is_rounded(tmp_path):
    part = Fraction(100, 10007)
    notes = [(0, part, 60), (part, 0.1, 60)]
    write_melody(tmp_path / "fine.mid", notes)
    for found, given in zip(notes_of(tmp_path / "fine.mid"), notes, strict=True):
        for one, other in zip(found, given, strict=True):
            assert float(one) == pytest.approx(float(other), abs=1 / 480)


def test_sound_is_that_of_the_same_roll():
    roll = np.zeros((4, 88), "uint8")
    roll[:2, 39] = roll[2:3, 43] = roll[3:, 46] = 1
    notes = [(0, 1, 60), (1, Fraction(1, 2), 64), (1.5, 0.5, 67)]
    expected = synthesize(roll, step_seconds=0.25, sample_rate=8000)
    np.testing.assert_array_equal(synthesize_melody(notes, 0.5, 8000), expected)


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ([], "at least one note, received none"),
        ([(0, 1, 128)], "Note 0 has the pitch 128"),
        ([(0, 1, 60), (-1, 1, 60)], "Note 1 has the pitch 60, the onset -1"),
        ([(0, 0, 60)], "the duration 0"),
        ([(0, float("nan"), 60)], "the duration nan"),
        ([(0, 2, 60), (1, 1, 60)], "begins at 1, before the one before it ends, at 2"),
    ],
)
def test_notes_out_of_range(tmp_path, notes, message):
    for function in (synthesize_melody, lambda n: write_melody(tmp_path / "x", n)):
        with pytest.raises(ValueError, match=message):
            function(notes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beat_seconds": 0}, "positive finite beat_seconds"),
        ({"beat_seconds": 20}, "up to 16.8 seconds"),
        ({"program": 128}, "program from 0 to 127"),
        ({"velocity": 0}, "velocity from 1 to 127"),
    ],
)
def test_arguments_out_of_range(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        write_melody(tmp_path / "x.mid", TUNE.notes(), **arguments)
    with pytest.raises(ValueError, match="positive finite sample_rate"):
        synthesize_melody(TUNE.notes(), sample_rate=0)


def test_a_score_is_drawn(tmp_path):
    needs.package("verovio")
    for name in ("one.svg", "two.svg"):
        write_score(tmp_path / name, TUNE.musicxml())
    picture = (tmp_path / "one.svg").read_text("utf-8")
    assert picture == (tmp_path / "two.svg").read_text("utf-8")
    kinds = [
        e.get("class", "").split()[:1] for e in ElementTree.fromstring(picture).iter()
    ]
    for kind, count in (("note", 16), ("measure", 4), ("tuplet", 2), ("tie", 2)):
        assert kinds.count([kind]) == count


@pytest.mark.parametrize("score", ["X:1\nK:C\nC", "", "<score-partwise"])
def test_what_is_no_score(tmp_path, score):
    needs.package("verovio")
    with pytest.raises(ValueError, match="write_score"):
        write_score(tmp_path / "x.svg", score)
    assert not list(tmp_path.iterdir())
