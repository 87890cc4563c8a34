"""The examples of the documentation: what is played, drawn and written where."""

import numpy as np
import pytest
import soundfile

from reproduce.command_line import main
from reproduce.studies.chung2014.generation import examples


@pytest.fixture
def made(monkeypatch, run_here, tmp_path):
    """Makes the examples with stand-ins for the models, into a new folder."""
    folder = tmp_path / "examples"
    asked = []
    roll = np.zeros((120, 88), "uint8")
    roll[np.arange(120), np.arange(120) % 88] = 1

    def load(dataset, *_):
        pieces = [roll, roll[:50], roll]
        return examples.music.MusicDataset(
            *(dataset, pieces, pieces, pieces, "piano", "made up", "made up")
        )

    def generate(model, prompt, steps, temperature, seed):
        asked.append((*model, len(prompt), steps, temperature, seed))
        np.testing.assert_array_equal(prompt, roll[: len(prompt)])
        return roll[None, :steps]

    monkeypatch.setattr(examples, "EXAMPLES", folder)
    monkeypatch.setattr(examples.music, "load", load)
    monkeypatch.setattr(examples, "load_pretrained", lambda *names: names)
    monkeypatch.setattr(examples, "generate", generate)
    monkeypatch.setattr(examples, "look_at_gates", lambda: asked.append("gates"))
    monkeypatch.setattr(examples, "load_model", lambda path: (path.name, None))
    monkeypatch.setattr(examples, "talk", asked.append)

    def make(*arguments):
        status, printed = run_here(main, "examples", *arguments)
        assert status == 0, printed.err
        return folder, asked

    return make


def test_music(made):
    folder, asked = made()
    assert asked == [
        ("jsb_chorales", "gru", 16, 48, 0.8, 1),
        ("nottingham", "tanh", 32, 96, 0.8, 1),
        "gates",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [
        *("jsb_chorales.ogg", "jsb_chorales.png"),
        *("nottingham.ogg", "nottingham.png"),
    ]
    for name, seconds in (("jsb_chorales", 64 * 0.6), ("nottingham", 128 * 0.2)):
        found = soundfile.info(folder / f"{name}.ogg")
        assert found.samplerate == 22_050
        assert found.duration == pytest.approx(seconds, abs=0.3)


def test_speech_only_with_its_weights(made):
    _, asked = made("--speech", "sweep/weights/trial.npz")
    assert asked[3:] == ["trial.npz"]


def test_where_they_are():
    docs = examples.EXAMPLES
    assert docs.parts[-2:] == ("docs", "examples")
    assert (docs.parent / "index.md").is_file()
