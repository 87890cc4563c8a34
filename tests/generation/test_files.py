"""Files and pictures hold what was asked for, read back by other programs."""

from fractions import Fraction

import matplotlib.image
import mido
import numpy as np
import pytest
import soundfile
from matplotlib.colors import to_hex

from keras_gated.generation import (
    plot_piano_roll,
    plot_waveform,
    synthesize,
    write_midi,
    write_wav,
)

pytestmark = pytest.mark.once

RATE = 8000


def random_roll(seed=1, steps=40, pitches=88):
    rng = np.random.default_rng(seed)
    return (rng.random((steps, pitches)) < 0.3).astype("uint8")


def roll_of(path, steps, pitches, lowest, ticks):
    """The piano roll that a MIDI file plays, as mido reads it."""
    (track,) = mido.MidiFile(path).tracks
    roll, sounding, now = np.zeros((steps, pitches), "uint8"), {}, 0
    for message in track:
        now += message.time
        if message.type == "note_on":
            assert message.note not in sounding
            sounding[message.note] = now
        elif message.type == "note_off":
            start = sounding.pop(message.note)
            assert start % ticks == now % ticks == 0
            roll[start // ticks : now // ticks, message.note - lowest] = 1
    assert not sounding
    assert now == steps * ticks
    return roll


@pytest.mark.parametrize(("pitches", "lowest"), [(88, 21), (108, 1), (1, 127)])
def test_midi_plays_the_roll(tmp_path, pitches, lowest):
    roll = random_roll(pitches=pitches)
    path = tmp_path / "new" / "roll.mid"
    write_midi(path, roll, 0.3, beats_per_step=0.5, lowest_pitch=lowest)
    assert (roll_of(path, 40, pitches, lowest, ticks=240) == roll).all()
    assert mido.MidiFile(path).length == pytest.approx(40 * 0.3, abs=1e-6)


@pytest.mark.parametrize("seconds", [0.5, 1 / 3, 0.0125, 2.0])
@pytest.mark.parametrize(
    "beats", [1, 0.25, 1 / 3, 0.001, 0.007, 1.234, Fraction(5, 7), 1e-4, np.pi / 7, 2]
)
def test_steps_last_as_long_as_they_should(tmp_path, seconds, beats):
    """To half a microsecond in a beat, which is all that MIDI can say."""
    beat = seconds / beats
    if beat > 16.7:
        pytest.skip("a beat is longer than MIDI knows")
    write_midi(tmp_path / "a.mid", random_roll(), seconds, beats)
    file = mido.MidiFile(tmp_path / "a.mid")
    assert file.length == pytest.approx(40 * seconds, rel=1e-9 + 0.51e-6 / beat)
    ticks = float(Fraction(beats).limit_denominator(32767) * file.ticks_per_beat)
    assert ticks == int(ticks)
    assert (roll_of(tmp_path / "a.mid", 40, 88, 21, int(ticks)) == random_roll()).all()
    # How a score looks.
    assert ticks / file.ticks_per_beat == pytest.approx(float(beats), rel=1e-4)


def test_a_held_note_is_one_note(tmp_path):
    roll = np.zeros((6, 88), "uint8")
    roll[1:4, 39] = roll[5, 39] = 1
    write_midi(tmp_path / "a.mid", roll, 0.5, program=19, velocity=99)
    (track,) = mido.MidiFile(tmp_path / "a.mid").tracks
    notes = [m for m in track if m.type in ("note_on", "note_off")]
    assert [(m.type, m.note, m.time // 480) for m in notes] == [
        ("note_on", 60, 1),
        ("note_off", 60, 3),
        ("note_on", 60, 1),
        ("note_off", 60, 1),
    ]
    assert notes[0].velocity == 99
    assert [m.program for m in track if m.type == "program_change"] == [19]
    assert [m.tempo for m in track if m.type == "set_tempo"] == [500_000]


def test_silence_keeps_its_length(tmp_path):
    write_midi(tmp_path / "a.mid", np.zeros((6, 88)), 0.5)
    assert mido.MidiFile(tmp_path / "a.mid").length == pytest.approx(3)
    assert not synthesize(np.zeros((6, 88))).any()


@pytest.mark.parametrize("pitch", [36, 60, 69, 96])
def test_a_note_sounds_at_its_pitch(pitch):
    roll = np.zeros((4, 88), "uint8")
    roll[:, pitch - 21] = 1
    samples = synthesize(roll, 0.5, RATE)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    loudest = np.argmax(spectrum) * RATE / len(samples)
    assert loudest == pytest.approx(440 * 2 ** ((pitch - 69) / 12), abs=0.6)


def test_notes_begin_and_end_without_a_click():
    roll = np.zeros((4, 88), "uint8")
    roll[1:3, 60 - 21] = 1
    samples = synthesize(roll, 0.5, RATE).astype(float)
    start, end = RATE // 2, 3 * RATE // 2
    assert not samples[:start].any()
    assert np.abs(samples[end + RATE // 5 :]).max() == 0
    assert np.abs(samples).max() == pytest.approx(0.9)
    # A click is an edge that is steeper than what sounds.
    steepness = np.abs(np.diff(samples, 2))
    inside = steepness[start + RATE // 100 : end].max()
    assert steepness[: start + RATE // 100].max() < inside
    assert steepness[end:].max() < inside


def test_both_notes_of_a_chord_are_heard():
    roll = np.zeros((4, 88), "uint8")
    roll[:, [48, 55]] = 1
    alone = [roll * (np.arange(88) == column) for column in (48, 55)]
    together = sum(synthesize(part, 0.5, RATE) for part in alone)
    samples = synthesize(roll, 0.5, RATE)
    assert np.corrcoef(samples, together)[0, 1] > 0.98


@pytest.mark.parametrize("gain", [1e-4, 1.0, 300.0])
def test_wav(tmp_path, gain):
    samples = gain * np.random.default_rng(1).normal(size=3000)
    path = tmp_path / "new" / "a.wav"
    write_wav(path, samples, RATE)
    found, rate = soundfile.read(path)
    assert rate == RATE
    expected = 0.9 * samples / np.abs(samples).max()
    # One step of 16 bits: libsndfile rounds down.
    np.testing.assert_allclose(found, expected, atol=2**-15)


def _texts(labels):
    return [label.get_text() for label in labels]


def _has_marked_prompt(axes, border, end):
    """Whether what was given ends at `border`, in an open frame up to `end`."""
    (line,) = (line for line in axes.lines if line.get_linestyle() == "--")
    ground = axes.patches[-1]
    shown = {name for name, spine in axes.spines.items() if spine.get_visible()}
    return (
        list(line.get_xdata()) == [border, border]
        and (ground.get_x(), ground.get_width()) == (0, border)
        and _texts(axes.texts) == ["prompt", "continuation"]
        and [text.xy for text in axes.texts] == [(0, 1), (border, 1)]
        and axes.get_xlim() == (0, end)
        and shown == {"left", "bottom"}
    )


def test_a_piano_roll_in_a_picture(tmp_path):
    roll = np.zeros((8, 88), "uint8")
    roll[2:6, 60 - 21] = roll[7, 64 - 21] = 1
    figure = plot_piano_roll(roll, prompt_steps=4)
    (axes,) = figure.axes
    bars = sorted(
        (bar.get_x(), bar.get_width(), bar.get_y() + bar.get_height() / 2)
        for group in axes.containers
        for bar in group
    )
    assert bars == [(2, 2, 60), (4, 2, 60), (7, 1, 64)]
    grey, blue = (
        {to_hex(bar.get_facecolor()) for bar in group} for group in axes.containers
    )
    assert (grey, blue) == ({"#8c8c8c"}, {"#0b5394"})
    heights = [bar.get_height() for group in axes.containers for bar in group]
    assert heights == pytest.approx([0.8] * 3)
    assert _has_marked_prompt(axes, 4, 8)
    assert axes.get_xlabel() == "step"
    assert axes.get_ylim() == (57.5, 66.5)
    labels = dict(zip(_texts(axes.get_yticklabels()), axes.get_yticks(), strict=True))
    assert labels["C4"] == 60 and labels["E4"] == 64
    figure.savefig(tmp_path / "a.png")
    assert matplotlib.image.imread(tmp_path / "a.png").std() > 0.01


def test_silence_in_a_picture():
    (axes,) = plot_piano_roll(np.zeros((8, 88))).figure.axes
    assert not axes.texts and not axes.lines
    # The middle of the keys.
    assert axes.get_ylim() == (62.5, 67.5)
    assert all(len(group) == 0 for group in axes.containers)


def test_a_waveform_in_a_picture():
    samples = np.sin(np.arange(80) / 5)
    (axes,) = plot_waveform(samples, 40, prompt_samples=20).axes
    given, drawn = (line.get_xydata() for line in axes.lines[:2])
    seconds = np.arange(80) / 40
    np.testing.assert_allclose(given, np.stack([seconds, samples], 1)[:20])
    np.testing.assert_allclose(drawn, np.stack([seconds, samples], 1)[19:])
    assert [line.get_color() for line in axes.lines[:2]] == ["#8c8c8c", "#0b5394"]
    assert _has_marked_prompt(axes, 0.5, 2)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("seconds", "amplitude")


def test_a_waveform_without_a_prompt():
    (axes,) = plot_waveform(np.sin(np.arange(80) / 5), 40).axes
    given, drawn = (line.get_xydata() for line in axes.lines)
    assert (len(given), len(drawn)) == (0, 80)
    assert not axes.texts


ROLL = np.zeros((4, 88), "uint8")
SAMPLES = np.zeros(8)


@pytest.mark.parametrize(
    "make", [lambda path: write_wav(path, SAMPLES), lambda _: plot_waveform(SAMPLES)]
)
def test_samples_have_no_rate_of_their_own(tmp_path, make):
    with pytest.raises(TypeError, match="sample_rate"):
        make(tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: write_midi(path, np.zeros(88)), r"shape \(88,\)"),
        (lambda path: write_midi(path, ROLL[:0]), "not empty"),
        (lambda path: write_midi(path, ROLL + 2), "zeros and ones"),
        (lambda path: write_midi(path, ROLL, lowest_pitch=50), "reaches pitch 137"),
        (lambda path: write_midi(path, ROLL, lowest_pitch=-1), "0 to 127"),
        (lambda path: write_midi(path, ROLL, step_seconds=0), "step_seconds=0"),
        (lambda path: write_midi(path, ROLL, beats_per_step=-1), "beats_per_step=-1"),
        (lambda path: write_midi(path, ROLL, step_seconds=20), "up to 16.8 seconds"),
        (lambda path: write_midi(path, ROLL, 1e-9), "up to 16.8 seconds"),
        (lambda path: write_midi(path, ROLL, 1.0, 1e-9), "of 1e-09 beats"),
        (lambda path: write_midi(path, ROLL, 1e6, 1e6), "a file up to 268435455"),
        (lambda path: write_midi(path, ROLL, velocity=0), "velocity from 1"),
        (lambda path: write_midi(path, ROLL, program=128), "program=128"),
        (lambda path: write_wav(path, SAMPLES * np.nan, RATE), "8 of the 8"),
        (lambda path: write_wav(path, SAMPLES[:0], RATE), "at least one"),
        (lambda path: write_wav(path, SAMPLES[None], RATE), r"\(1, 8\)"),
        (lambda path: write_wav(path, SAMPLES, 0), "sample_rate"),
        (lambda path: write_wav(path, SAMPLES, 0.5), "sample_rate"),
        (lambda path: write_wav(path, SAMPLES, 2**31), "2147483647"),
        (lambda path: synthesize(ROLL, step_seconds=np.inf), "step_seconds=inf"),
        (lambda path: plot_piano_roll(ROLL, prompt_steps=5), "prompt_steps"),
        (lambda path: plot_waveform(SAMPLES, 8000, prompt_samples=9), "prompt_samples"),
        (lambda path: plot_waveform(SAMPLES, sample_rate=0), "sample_rate=0"),
    ],
)
def test_bad_input_writes_nothing(tmp_path, write, message):
    with pytest.raises(ValueError, match=message):
        write(tmp_path / "file")
    assert not list(tmp_path.iterdir())
