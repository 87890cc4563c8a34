"""Models of a finished sweep become files of the package."""

import json
import tomllib
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from keras_gated.models import list_pretrained, load_pretrained, pretrained_card
from reproduce.ledger import Ledger
from reproduce.record import Record
from reproduce.studies.chung2014.publication import competitions, publish
from reproduce.studies.chung2014.training import RecipeTraining
from reproduce.studies.chung2014.trial import Trial
from reproduce.training.arrays import load_arrays, save_arrays
from reproduce.training.trial import run_trial
from tests.reproduce.command import ROOT, run
from tests.reproduce.examples import record_of, small_task, trial

AVERAGED = {"averaging": 0.9, "weight_noise": 0.1}
OF_TRIAL = (
    *("data_fingerprint", "learning_rate", "seed", "protocol", "recipe", "units"),
    *("data", "dataset", "encoding", "layer_arguments", "unit"),
)

publish_command = partial(run, "publish")


def test_the_best_by_validation_of_each_set_and_unit():
    trials = {
        "worse": (trial(seed=0), 8.2),
        "best": (trial(seed=1, candidate=2), 8.1),
        "diverged": (trial(seed=2), float("nan")),
        "another protocol": (trial(protocol="ours"), 7.0),
        "another arm": (trial(arm="reset_after"), 7.0),
        "alone": (trial(unit="tanh"), 9.0),
    }
    records = [record_of(one, valid=score) for one, score in trials.values()]
    chosen = {
        best.trial.unit: (best.name, len(competitors))
        for best, competitors in competitions(records, "paper")
    }
    assert chosen == {
        "gru": (trials["best"][0].name, 3),
        "tanh": (trials["alone"][0].name, 1),
    }


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """The record of one short trial on made-up data, and its output folder."""
    out = tmp_path_factory.mktemp("sweep")
    backend = keras.backend.backend()
    done = trial(AVERAGED, backend=backend, max_epochs=2, unit="lstm")
    record = run_trial(
        RecipeTraining(), done, small_task(), out, lambda epoch, score: None
    )
    return Record.read(json.loads(json.dumps(record.stored())), Trial), out


def test_card_and_weights(sweep, tmp_path):
    record, out = sweep
    path, found = publish(record, [record], small_task(), out, tmp_path)
    assert path.name == "jsb_chorales-lstm.json"
    assert found == pytest.approx(record.scores["nll"]["test"], abs=1e-5)
    card = pretrained_card("jsb_chorales", "lstm", tmp_path)
    assert card["nll"] == record.scores["nll"]
    assert card["trial"] == record.name
    for name in ("best_epoch", "data_source", "parameters", "versions"):
        assert card[name] == getattr(record, name)
    for name in OF_TRIAL:
        assert card[name] == record.trial.config[name]
    older = pretrained_card("jsb_chorales", "lstm")
    assert list(card) == list(older)
    for name in ("head", "nll", "parameters", "trials"):
        assert sorted(card[name]) == sorted(older[name])
    # What came later is off in the older ones.
    assert set(older["recipe"]) <= set(card["recipe"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert card["licence"] == project["license"]
    assert card["study"] == "Chung et al. 2014 (arXiv:1412.3555)"
    model = load_pretrained("jsb_chorales", "lstm", tmp_path)
    groups, _ = load_arrays(out / "weights" / f"{record.name}.npz")
    for one, other in zip(model.get_weights(), groups["weights"], strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_that_score_otherwise(sweep, tmp_path):
    record, out = sweep
    groups, notes = load_arrays(out / "weights" / f"{record.name}.npz")
    changed = [array + 0.1 for array in groups["weights"]]
    path = tmp_path / "weights" / f"{record.name}.npz"
    save_arrays(path, {"weights": changed}, notes)
    into = tmp_path / "into"
    with pytest.raises(ValueError, match="test NLL"):
        publish(record, [record], small_task(), tmp_path, into)
    assert not into.exists()


def test_weights_that_are_not_there_or_of_another_trial(sweep, tmp_path):
    record, out = sweep
    with pytest.raises(ValueError, match="no weights of"):
        publish(record, [record], small_task(), tmp_path, tmp_path)
    groups, notes = load_arrays(out / "weights" / f"{record.name}.npz")
    notes["config"]["seed"] = 5
    path = tmp_path / "weights" / f"{record.name}.npz"
    save_arrays(path, groups, notes)
    with pytest.raises(ValueError, match="other settings"):
        publish(record, [record], small_task(), tmp_path, tmp_path)


def test_other_data(sweep, tmp_path):
    record, out = sweep
    other = replace(record, trial=replace(record.trial, data_fingerprint="another"))
    with pytest.raises(ValueError, match="other data"):
        publish(other, [other], small_task(), out, tmp_path)


@pytest.mark.exhaustive
def test_the_command_on_a_sweep(environment, tmp_path):
    out, into = tmp_path / "out", tmp_path / "into"
    options = ("--units", "gru", "--protocol", "ours", "--trials", 1, "--epochs", 2)
    trained = run(*options, "--out", out, env=environment)
    assert trained.returncode == 0, trained.stderr
    result = publish_command("--out", out, "--into", into, env=environment)
    assert result.returncode == 0, result.stderr
    assert list_pretrained(into) == [("jsb_chorales", "gru")]
    (record,) = Ledger(f"sqlite:///{out / 'ledger.db'}", Trial).records_of("jax")
    card = pretrained_card("jsb_chorales", "gru", into)
    assert card["nll"] == record.scores["nll"]
    assert f"{card['nll']['test']['pooled']:.3f}" in result.stdout

    nothing = publish_command(
        "--out", out, "--into", into, "--protocol", "code", env=environment
    )
    assert nothing.returncode == 1
    assert "no finished trial in the protocol 'code'" in nothing.stderr


def test_a_folder_without_a_sweep(environment, tmp_path):
    result = publish_command("--out", tmp_path, env=environment)
    assert result.returncode == 1
    assert "no output folder of a sweep" in result.stderr
    assert not list(tmp_path.iterdir())
