"""The command that listens, on a trial that was trained on made-up speech."""

import numpy as np
import pytest

from keras_gated.datasets import phones
from keras_gated.decoding import collapse
from reproduce.command_line import main
from reproduce.studies.tang2016.data import STACK
from reproduce.studies.tang2016.listen import Recogniser
from reproduce.studies.tang2016.training import RecogniserTraining
from reproduce.training.arrays import save_arrays
from tests import needs
from tests.reproduce.tang2016.tiny import NAMES, task_of, trial_of


def model_of(task, **changes):
    trial = trial_of(task, "gru", **changes)
    model = RecogniserTraining().build(trial, task)
    for variable in model.trainable_variables:
        variable.assign(3 * np.random.default_rng(0).normal(size=variable.shape))
    return trial, model


@pytest.mark.parametrize("objective", ["frames", "ctc"])
def test_what_is_heard_is_what_the_whole_model_reads(objective, monkeypatch):
    # The bands of the made-up speech.
    monkeypatch.setattr(phones, "LogMelStream", lambda rate: Stream(rate, 4))
    task = task_of(objective)
    trial, model = model_of(task)
    samples = np.random.default_rng(0).normal(scale=0.1, size=16_000)
    samples *= np.repeat(np.random.default_rng(1).uniform(size=40) ** 4, 400)
    (frames,) = task.speech.standardize([phones.log_mel(samples, 16_000, 4)])
    if objective == "ctc":
        frames = frames[: len(frames) // STACK * STACK].reshape(-1, STACK * 4)
    best = model.predict_on_batch(frames[np.newaxis])[0].argmax(axis=-1)
    blank = 0 if objective == "ctc" else None
    expected = [NAMES[s - (blank == 0)] for s in collapse(best, blank)]
    recogniser = Recogniser(trial, task, model.get_weights())
    heard = []
    for start in range(0, len(samples), 160):
        heard += recogniser.hear(samples[start : start + 160])
    assert heard == expected and len(set(heard)) > 1


Stream = phones.LogMelStream


def test_the_command(run_here, tmp_path, data_dir):
    soundfile = needs.package("soundfile")
    from reproduce.studies.tang2016.data import load_task

    task = load_task("flite_ctc", "", data_dir)
    trial, model = model_of(task)
    weights = tmp_path / "weights.npz"
    save_arrays(weights, {"weights": model.get_weights()}, {"config": trial.config})
    sound = np.random.default_rng(0).normal(scale=0.05, size=8000)
    soundfile.write(tmp_path / "hello.wav", sound, 16_000)
    arguments = (
        "tang2016",
        "listen",
        "--file",
        "hello.wav",
        "--backend",
        trial.backend,
    )
    status, printed = run_here(main, *arguments, "--weights", weights)
    assert status == 0
    assert "0.50 seconds in" in printed.err
    for line in printed.out.splitlines():
        seconds, phone = line.split()
        assert 0 < float(seconds) <= 0.5 and phone in task.speech.phone_names
    save_arrays(weights, {"other": []}, {})
    status, printed = run_here(main, *arguments, "--weights", weights)
    assert status == 1 and "holds no weights of a trial" in printed.err


def test_weights_that_are_not_there_are_told_in_a_line(run_here):
    words = ("tang2016", "listen", "--file", "hello.wav", "--weights", "none.npz")
    status, printed = run_here(main, *words)
    assert status == 1
    assert printed.err == (
        "error: none.npz is not a file. One that a trial left is needed, such as those "
        "in the folder weights/ of a sweep.\n"
    )
