"""The best models of a sweep become files of the package, and write tunes."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from keras_gated.datasets.text import Vocabulary
from keras_gated.models import list_pretrained, load_pretrained, pretrained_card
from keras_gated.models import pretrained as shipped
from reproduce.command_line import main
from reproduce.ledger import Ledger
from reproduce.studies.tunes import data, publication, writers
from reproduce.studies.tunes.publication import competitions, publish
from reproduce.studies.tunes.training import TuneTraining
from reproduce.studies.tunes.trial import Trial
from reproduce.studies.tunes.writers import load_writer
from reproduce.training.arrays import load_arrays
from reproduce.training.trial import run_trial
from tests.reproduce.tunes.tiny import DATA, record_of, task_of, trial_of

TASK = task_of()


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """A short trial on made-up tunes, its record and its output folder."""
    out = tmp_path_factory.mktemp("sweep")
    trial = trial_of(TASK, "lstm", epochs=12, row=12)
    record = run_trial(TuneTraining(), trial, TASK, out, lambda *_: None)
    return SimpleNamespace(out=out, record=record)


def test_the_best_by_validation_of_each_unit():
    trials = {
        "worse": (trial_of(TASK, "gru"), 2.0),
        "best": (trial_of(TASK, "gru", seed=1), 1.5),
        "diverged": (trial_of(TASK, "gru", seed=2), np.nan),
        "characters": (trial_of(task_of("characters"), "gru"), 1.0),
        "elsewhere": (trial_of(TASK, "gru", dataset="aird"), 1.0),
        "alone": (trial_of(TASK, "tanh"), 3.0),
    }
    records = [record_of(one, valid=valid) for one, valid in trials.values()]
    chosen = {
        best.trial.unit: (best.name, len(competitors))
        for best, competitors in competitions(records, "nottingham")
    }
    assert chosen == {
        "gru": (trials["best"][0].name, 2),
        "tanh": (trials["alone"][0].name, 1),
    }


def test_card_and_weights(sweep, tmp_path):
    record = sweep.record
    path, scores = publish(record, [record], TASK, sweep.out, tmp_path)
    assert path.name == "tunes-lstm.json"
    assert list_pretrained(tmp_path) == [("tunes", "lstm")]
    assert scores["pooled"] == pytest.approx(record.score("nll", "test"), abs=2e-3)
    card = pretrained_card("tunes", "lstm", tmp_path)
    assert Vocabulary.from_config(card["vocabulary"]) == TASK.vocabulary
    assert (card["collections"], card["longest"]) == (["nottingham"], TASK.longest)
    assert card["per_note"] == record.scores["per_note"]
    model = load_pretrained("tunes", "lstm", tmp_path)
    groups, _ = load_arrays(sweep.out / "weights" / f"{record.name}.npz")
    assert model.count_params() == card["parameters"]["total"]
    for one, other in zip(model.get_weights(), groups["weights"], strict=True):
        np.testing.assert_array_equal(one, other.astype("float16"))
    # Dropout to go on with adds no weight.
    again = load_pretrained("tunes", "lstm", tmp_path, layer_dropout=0.5)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_card_of_other_layers_is_named(sweep, tmp_path):
    path, _ = publish(sweep.record, [sweep.record], TASK, sweep.out, tmp_path)
    text = path.read_text().replace('"num_layers": 2', '"num_layers": 1000000')
    path.write_text(text)
    with pytest.raises(ValueError, match="num_layers is 1000000 in the card, 2 in"):
        load_pretrained("tunes", "lstm", tmp_path)
    path.write_text(text.replace('"num_symbols": ', '"num_symbols": 9'))
    with pytest.raises(ValueError, match="does not hold the model of its card"):
        load_pretrained("tunes", "lstm", tmp_path)


def test_what_is_too_large_is_not_published(sweep, tmp_path, monkeypatch):
    monkeypatch.setattr(publication, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="models of 1000 bytes at most"):
        publish(sweep.record, [sweep.record], TASK, sweep.out, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_command(sweep, tmp_path, run_here, monkeypatch):
    ledger = Ledger(f"sqlite:///{sweep.out / 'ledger.db'}", Trial)
    ledger.enqueue([sweep.record.trial])
    claim = ledger.claim([sweep.record.trial])
    ledger.finish(claim, sweep.record)
    monkeypatch.setattr(data, "load_task", lambda *_: TASK)
    backend = sweep.record.trial.backend
    arguments = (main, "tunes", "publish", "--out", sweep.out, "--backend", backend)
    status, printed = run_here(*arguments, "--into", tmp_path)
    assert (status, printed.err) == (0, "")
    assert "tunes-lstm.json" in printed.out and "best of 1, test NLL" in printed.out
    status, printed = run_here(*arguments, "--dataset", "aird")
    assert status == 1
    assert "no finished trial of the tokens of 'aird'" in printed.err
    status, printed = run_here(main, "tunes", "publish", "--out", tmp_path)
    assert status == 1 and "no ledger.db" in printed.err


def test_the_same_writer_from_the_package_and_from_a_sweep(
    sweep, tmp_path, monkeypatch
):
    publish(sweep.record, [sweep.record], TASK, sweep.out, tmp_path)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.setattr(writers, "load_task", lambda *_: TASK)
    package = load_writer("lstm")
    path = sweep.out / "weights" / f"{sweep.record.name}.npz"
    trial = load_writer(path)
    assert package.vocabulary == trial.vocabulary
    assert package.longest == trial.longest == TASK.longest
    header = (DATA.test[0].meter, DATA.test[0].key)
    tunes = [one.write(header, 5, temperature=0.5, seed=3) for one in (package, trial)]
    # float16 may draw another symbol now and then, far into a tune.
    first = [[one.tune.tokens[:6] for one in written] for written in tunes]
    assert first[0] == first[1]


def test_a_trial_of_other_tunes_is_refused(sweep, monkeypatch):
    other = replace(TASK, fingerprint="other")
    monkeypatch.setattr(writers, "load_task", lambda *_: other)
    path = sweep.out / "weights" / f"{sweep.record.name}.npz"
    with pytest.raises(ValueError, match="is of other tunes than are found here"):
        load_writer(path)
