"""The command that lets a model continue a piece."""

from functools import partial
from pathlib import Path

import keras
import matplotlib.image
import mido
import numpy as np
import pytest
import soundfile

from keras_gated.datasets import music, speech
from keras_gated.generation import generate, write_midi
from keras_gated.generation._notes import read_notes
from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.models import sequence_model
from reproduce.command_line import main
from reproduce.studies.chung2014.generation import examples
from reproduce.studies.chung2014.generation.models import load_model
from reproduce.training.arrays import save_arrays
from tests.reproduce.command import run
from tests.reproduce.examples import trial

generate_command = partial(run, "generate")


def save_trial(folder):
    """A trial's weights as a sweep leaves them, and the model that has them."""
    model = sequence_model(
        "lstm", 5, BernoulliHead(88), 88, weight_noise=0.1, use_peepholes=False
    )
    head = model.layers[-1]
    head.bias.assign(np.full(88, -3.0))
    settings = trial(unit="lstm", layer_arguments={"use_peepholes": False})
    path = folder / "trial.npz"
    notes = {"name": settings.name, "config": settings.config}
    weights = [w for layer in model.layers for w in trainable(layer)]
    save_arrays(path, {"weights": weights}, notes)
    return path, model


def trainable(layer):
    return [keras.ops.convert_to_numpy(v) for v in layer.trainable_variables]


def notes_of(path, seconds):
    """Pitches, first steps and ends of the notes of a MIDI file."""
    found, sounding, now = [], {}, 0.0
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on":
            sounding[message.note] = round(now / seconds)
        elif message.type == "note_off":
            start = sounding.pop(message.note)
            found.append((message.note, start, round(now / seconds)))
    return sorted(found)


def test_a_chorale(backend, environment, data_dir, tmp_path):
    path, model = save_trial(tmp_path)
    result = generate_command(
        *("--model", path, "--prompt", "chorale", 3, "--prompt-steps", 10),
        *("--steps", 20, "--temperature", 0.9, "--seed", 7),
        *("--backend", backend, "--out", tmp_path / "out"),
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    midi, wav, png = map(Path, result.stdout.split())
    prompt = music.load("jsb_chorales", data_dir).test[2][:10]
    (events,) = generate(model, prompt, 20, temperature=0.9, seed=7)
    assert events.any()
    roll = np.concatenate([prompt, events])
    assert notes_of(midi, 0.6) == sorted(read_notes(roll))
    samples, rate = soundfile.read(wav)
    assert len(samples) / rate == pytest.approx(30 * 0.6, abs=0.2)
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-3)
    assert matplotlib.image.imread(png).std() > 0.01


def test_a_tune_of_ones_own(run_here, tmp_path):
    path, model = save_trial(tmp_path)
    roll = np.repeat(music_roll(), 2, axis=0)
    write_midi(tmp_path / "tune.mid", roll, step_seconds=0.2, beats_per_step=0.5)
    options = ("--prompt", tmp_path / "tune.mid", "--prompt-steps", 8, "--steps", 12)
    for step, beats, given in (
        (None, 1, roll[::2]),
        ("1/2", 0.5, roll),
        ("2", 2, roll[::4]),
    ):
        chosen = () if step is None else ("--step", step)
        status, printed = run_here(
            *(main, "generate", "--model", path, *options, *chosen),
            *("--out", tmp_path / "out"),
        )
        assert status == 0, printed.err
        assert ("A smaller step keeps them." in printed.err) == (beats == 2)
        assert "UserWarning" not in printed.err
        (events,) = generate(model, given[:8], 12, seed=0)
        expected = sorted(read_notes(np.concatenate([given[:8], events])))
        midi = tmp_path / "out" / "continuation.mid"
        assert notes_of(midi, 0.6 * beats) == expected
        np.testing.assert_array_equal(music.read_piano_roll(midi, beats)[:8], given[:8])


def music_roll(steps=20):
    rng = np.random.default_rng(5)
    roll = (rng.random((steps, 88)) < 0.04).astype("uint8")
    roll[:, 40] = 1
    return roll


def test_a_recording(environment, data_dir, tmp_path):
    model = sequence_model("gru", 5, MDNHead(20, 10), 20)
    model.save(tmp_path / "model.keras")
    result = generate_command(
        *("--model", tmp_path / "model.keras", "--prompt", "recording", 2),
        *("--prompt-steps", 48, "--steps", 30, "--out", tmp_path),
        *("--sample-rate", 16_000),
        env=environment,
    )
    assert result.returncode == 0, result.stderr
    wav, png = map(Path, result.stdout.split())
    samples, rate = soundfile.read(wav)
    assert rate == 16_000
    data = speech.load("fsdd", data_dir=data_dir)
    given = data.test[1, :490]
    (events,) = generate(model, data.frames("test")[0][1], 30, seed=0)
    expected = np.concatenate([given, events.ravel()])
    scaled = 0.9 * expected / np.abs(expected).max()
    np.testing.assert_allclose(samples, scaled, atol=1e-3)
    assert matplotlib.image.imread(png).std() > 0.01


def test_silence_needs_no_data(environment, tmp_path):
    path, model = save_trial(tmp_path)
    result = generate_command(
        *("--model", path, "--prompt", "silence", "--steps", 12, "--out", tmp_path),
        env={**environment, "KERAS_GATED_DATA": "/nowhere"},
    )
    assert result.returncode == 0, result.stderr
    (events,) = generate(model, None, 12, seed=0)
    assert notes_of(tmp_path / "continuation.mid", 0.6) == sorted(read_notes(events))


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--model", "none.keras"], 2, "there is no model"),
        (["--model", "{trial}", "--prompt", "bach"], 2, "chorale, tune, recording"),
        (["--model", "{trial}", "--prompt", "chorale", "0"], 2, "from 1 on"),
        (["--model", "{trial}", "--prompt", "no.mid"], 2, "no MIDI file no.mid"),
        (["--model", "{trial}", "--prompt", "{tune}", "2"], 2, "takes no number"),
        (["--model", "{trial}", "--prompt", "{tune}"], 1, "has 10 steps, fewer"),
        (["--model", "{trial}", "--prompt", "{text}.mid"], 1, "MThd not found"),
        (["--model", "{speech}", "--prompt", "{tune}"], 1, "MDNHead"),
        (["--model", "{chords}", "--prompt", "{tune}"], 1, "--step 1/2"),
        (["--model", "{trial}", "--step", "0"], 2, "such as 1 or 1/2, but is 0"),
        (["--model", "{trial}", "--step", "1/0"], 2, "such as 1 or 1/2"),
        (["--model", "{trial}", "--prompt", "silence", "1"], 2, "takes no number"),
        (["--model", "{trial}", "--steps", "0"], 2, "Must be >= 1"),
        (["--model", "{trial}", "--sample-rate", "0"], 2, "Must be >= 1"),
        (["--model", "{trial}", "--prompt-steps", "0"], 2, "Must be >= 1"),
        (["--model", "{trial}", "--temperature", "0"], 2, "Must be > 0"),
        (["--model", "{trial}", "--temperature", "nan"], 2, "Must be < inf"),
        (["--model", "{trial}", "--temperature", "inf"], 2, "Must be < inf"),
        (["--model", "{trial}", "--seed", "-1"], 2, "Must be >= 0"),
        (["--model", "{trial}", "--backend", "theano"], 2, "jax"),
        (["--model"], 2, "at least 1"),
        (["--model", "{trial}", "--prompt"], 2, "at least 1"),
        (["--model", "{trial}", "--out", "/dev/null/out"], 1, "cannot be written to"),
        (["--model", "{trial}", "--prompt", "chorale", "78"], 1, "which has 77"),
        (["--model", "{trial}", "--prompt", "recording"], 1, "BernoulliHead"),
        (["--model", "{text}.npz"], 1, "no file of arrays"),
        (["--model", "{text}.keras"], 1, "no model saved by Keras"),
        (["--model", "{text}.h5"], 2, ".keras or .npz"),
        (["--model", "jsb_chorales", "mlp"], 1, "('jsb_chorales', 'gru')"),
        (["--model", "jsb_chorales", "gru", "lstm"], 2, "3 words"),
        (["--model", "{other}"], 1, "holds no trained model"),
        (
            ["--model", "{trial}", "--prompt", "chorale", "--prompt-steps", "999"],
            1,
            "--prompt-steps",
        ),
    ],
)
def test_bad_input_ends_with_a_message(arguments, status, message, run_here, tmp_path):
    path, _ = save_trial(tmp_path)
    write_midi(tmp_path / "tune.mid", music_roll(10))
    sequence_model("gru", 2, MDNHead(2, 10), 20).save(tmp_path / "speech.keras")
    sequence_model("gru", 2, BernoulliHead(88), 88).save(tmp_path / "chords.keras")
    for suffix in ("npz", "keras", "h5", "mid"):
        (tmp_path / f"text.{suffix}").write_text("no model")
    save_arrays(tmp_path / "other.npz", {"weights": []}, {"config": {}})
    names = {
        "trial": path,
        "text": tmp_path / "text",
        "other": tmp_path / "other.npz",
        "tune": tmp_path / "tune.mid",
        "speech": tmp_path / "speech.keras",
        "chords": tmp_path / "chords.keras",
    }
    out = tmp_path / "out"
    filled = [argument.format(**names) for argument in arguments]
    if "--out" not in filled:
        filled += ["--out", out]
    found, printed = run_here(main, "generate", *filled)
    assert found == status
    assert message in without_frame(printed.err)
    assert not out.exists() or not list(out.iterdir())


def without_frame(text):
    """The words of a message, which may be in a box."""
    return " ".join(text.replace("│", " ").split())


def test_a_trial_becomes_its_model(tmp_path):
    path, model = save_trial(tmp_path)
    loaded, dataset = load_model(path)
    assert dataset == "jsb_chorales"
    x = np.random.default_rng(1).integers(0, 2, (1, 5, 88)).astype("float32")
    ours, theirs = (keras.ops.convert_to_numpy(m(x)) for m in (loaded, model))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("name", ["none.npz", "none.keras"])
def test_examples_need_the_model_before_they_write(
    run_here, tmp_path, monkeypatch, name
):
    monkeypatch.setattr(examples, "EXAMPLES", tmp_path / "examples")
    status, printed = run_here(main, "examples", "--speech", name)
    assert status == 1 and not (tmp_path / "examples").exists()
    (line,) = printed.err.splitlines()
    assert line.startswith(f"error: {name} is not a file. ") and "is needed" in line
