"""The command that lets a model write a tune."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import mido
import numpy as np
import pytest
import soundfile

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes import Tune
from reproduce import generate
from reproduce.command_line import main
from reproduce.studies.tunes import listening, writers
from reproduce.studies.tunes.writers import Writer, first_well_formed, read_header
from reproduce.studies.tunes.writing import Written
from reproduce.training.arrays import save_arrays
from tests.reproduce.tunes.tiny import task_of, tune_of

TASK = task_of()
GOOD = Tune(tune_of(0).tokens)
WRONG = Tune((*GOOD.tokens[:3], "4", *GOOD.tokens[4:]))
BAD = Tune((*GOOD.tokens[:4], "2", "2"))


class Made(Writer):
    """Writes tunes that are made already."""

    asked: ClassVar = []

    def write(self, header, count, **settings):
        Made.asked.append((header, count, settings))
        return self.model[:count]


def writer_of(*written):
    Made.asked.clear()
    return Made([Written(tune, True) for tune in written], TASK.vocabulary, 99)


@pytest.fixture
def model(monkeypatch):
    """A model whose tunes are made already, in place of that of the package."""
    made = SimpleNamespace(writer=writer_of(BAD, WRONG, GOOD), loaded=[])

    def load(choice, data_dir):
        made.loaded.append((choice, data_dir))
        return made.writer

    monkeypatch.setattr(writers, "load_writer", load)
    return made


def test_a_tune_in_four_files(model, run_here, tmp_path):
    status, printed = run_here(
        *(generate.main, "--model", "tunes", "lstm", "--key", "D", "--meter", "2/4"),
        *("--seed", 4, "--temperature", 0.7, "--top-p", 0.9, "--tempo", 120),
        *("--out", tmp_path),
    )
    assert (status, printed.err) == (0, "")
    assert model.loaded == [("lstm", None)]
    settings = {"temperature": 0.7, "top_p": 0.9, "seed": 4}
    assert Made.asked == [(("2/4", "Dmaj"), 20, settings)]
    abc, midi, wav, svg = map(Path, printed.out.split())
    ((tune,), refused) = tunes.read_abc(abc)
    assert (tune.tokens, tune.title, refused) == (GOOD.tokens, "lstm, seed 4", [])
    pitches = [m.note for m in mido.MidiFile(midi) if m.type == "note_on"]
    assert pitches == [note.pitch for note in GOOD.notes()]
    samples, rate = soundfile.read(wav)
    last = GOOD.notes()[-1]
    assert len(samples) / rate == pytest.approx(
        0.5 * (last.onset + last.duration), abs=0.2
    )
    assert svg.read_text()[:4] == "<svg"


def test_what_is_not_well_formed_is_said(model, run_here, tmp_path):
    model.writer = writer_of(BAD, WRONG)
    status, printed = run_here(
        *(main, "tunes", "generate", "--meter", "2/4", "--out", tmp_path)
    )
    assert status == 0
    assert "None of 20 tunes is well formed" in printed.err
    assert (tmp_path / "tune.abc").is_file()
    model.writer = writer_of(BAD)
    status, printed = run_here(
        *(main, "tunes", "generate", "--meter", "2/4", "--out", tmp_path / "none")
    )
    assert status == 1
    assert "Of 20 tunes that the model wrote none can be played" in printed.err
    assert "length of nothing" in printed.err
    assert not list((tmp_path / "none").iterdir())


def test_well_formed_tunes_come_first():
    header = (GOOD.meter, GOOD.key)
    tune, check = first_well_formed(writer_of(BAD, WRONG, GOOD), header, 3)
    assert (tune, check.well_formed) == (GOOD, True)
    tune, check = first_well_formed(writer_of(BAD, WRONG, GOOD), header, 2)
    assert (tune, check.well_formed) == (WRONG, False)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("6/8", "Dmaj"), ("6/8", "Dmaj")),
        (("C", "E dorian"), ("4/4", "Edor")),
        (("C|", "F#m"), ("2/2", "F#min")),
    ],
)
def test_headers_as_abc_has_them(given, found):
    assert read_header(*given) == found


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--meter", "7"], 1, "'7' is none of the meters"),
        (["--meter", "9/8"], 1, "no tune in the meter '9/8'. It knows: 2/4, 3/4"),
        (["--key", "H"], 1, "'H' is no tonic with a mode"),
        (["--key", "D\nK:G"], 1, "A meter and a key are needed"),
        (["--meter", "2/4", "--key", "Ab"], 1, "no tune in the key 'Abmaj'"),
        (["--model", "tunes", "gru", "tanh"], 2, "tunes gru tanh is not"),
        (["--model", "model.keras"], 2, "model.keras is not"),
        (["--model", "none.npz"], 2, "there is no model none.npz"),
        (["--temperature", "0"], 2, "Must be > 0"),
        (["--temperature", "-1"], 2, "Must be > 0"),
        (["--temperature", "nan"], 2, "nan"),
        (["--top-p", "0"], 2, "Must be > 0"),
        (["--top-p", "2"], 2, "Must be <= 1"),
        (["--top-p", "nan"], 2, "nan"),
        (["--tries", "0"], 2, "Must be >= 1"),
        (["--tempo", "1"], 2, "Must be >= 10"),
        (["--out", "/dev/null/out"], 1, "cannot be written to"),
    ],
)
def test_bad_input_ends_with_a_message(arguments, status, message, model, run_here):
    found, printed = run_here(main, "tunes", "generate", *arguments)
    assert found == status
    assert message in " ".join(printed.err.replace("│", " ").split())


def test_a_model_that_is_not_there(run_here, tmp_path):
    status, printed = run_here(
        *(main, "tunes", "generate", "--model", "tunes", "elman", "--out", tmp_path)
    )
    assert status == 1
    assert "no trained model ('tunes', 'elman')" in printed.err


@pytest.mark.parametrize("config", [{}, {"study": "other"}, []])
def test_a_file_that_is_no_trial(config, run_here, tmp_path):
    path = tmp_path / "trial.npz"
    save_arrays(path, {"weights": [np.zeros(2)]}, {"config": config})
    status, printed = run_here(
        *(main, "tunes", "generate", "--model", path, "--out", tmp_path)
    )
    assert status == 1
    assert "holds no model of tunes" in printed.err


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("tunes", ["--seed", "1", "--model", "tunes", "gru"]),
        ("tunes", ["--model=tunes", "gru", "--key", "Edor"]),
        ("tunes", ["--key", "Edor", "--model=tunes"]),
        ("tunes", ["--model", "tunes", "--model", "gru"]),
        ("tunes", ["--model=results/tunes-jax/weights/tunes-aird-gru-jax.npz"]),
        ("chung2014", ["--model", "jsb_chorales", "gru"]),
        ("chung2014", ["--model=jsb_chorales", "gru"]),
        ("chung2014", ["--model", "tunes-gru.keras"]),
        ("chung2014", ["--prompt", "tunes", "1"]),
        ("chung2014", ["--model"]),
        ("chung2014", []),
    ],
)
def test_the_study_is_the_one_that_the_model_names(study, words, monkeypatch):
    asked = []
    monkeypatch.setattr(generate.command_line, "main", asked.append)
    generate.main(words)
    assert asked == [[study, "generate", *words]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model=karpathy2015"], "The study karpathy2015 has no models that gen"),
        (["--model", "weights/tang2016-gru.npz"], "Those of chung2014, tunes do"),
        (["--model", "chung2014"], "and a unit, which chung2014 is not"),
        (["--model=bach"], "and a unit, which bach is not"),
        (["--model"], "--model"),
    ],
)
def test_what_names_no_model_ends_with_a_message(words, message, run_here):
    status, printed = run_here(generate.main, *words)
    assert status == 2
    assert message in " ".join(printed.err.replace("│", " ").split())
    assert "The study comes first" not in printed.err


def test_the_tunes_of_the_documentation(monkeypatch, tmp_path, run_here):
    header = (GOOD.meter, GOOD.key)
    monkeypatch.setattr(listening, "load_task", lambda *_: TASK)
    monkeypatch.setattr(listening, "HEADERS", (header,))
    monkeypatch.setattr(listening, "list_pretrained", lambda: [("tunes", "tanh")])
    monkeypatch.setattr(listening, "load_writer", lambda unit: writer_of(GOOD))
    status, printed = run_here(main, "tunes", "examples", "--into", tmp_path)
    assert status == 0, printed.err
    page = (tmp_path / "tunes.md").read_text()
    for stem in ("tune_5-gram_24_dmaj", "tune_tanh_24_dmaj"):
        assert f'src="../examples/{stem}.ogg"' in page
        assert f"(examples/{stem}.svg)" in page
        assert soundfile.info(tmp_path / f"{stem}.ogg").duration > 3
        svg = (tmp_path / f"{stem}.svg").read_text()
        assert re.match(r'<svg style="background: white" width="840" height="\d+"', svg)
    assert "gru" not in page.lower()


def test_where_they_are():
    assert (listening.EXAMPLES.parent / "tunes.md").is_file()
