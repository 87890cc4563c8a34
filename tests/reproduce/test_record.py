"""What is known of a trial, in memory, in JSON and as a row."""

import json
import math

import numpy as np
import pytest

from reproduce.record import VERSION, Record, frame_of
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.examples import TRIAL, record_of, trial


def stored(record):
    return json.loads(json.dumps(record.stored(), allow_nan=False))


def of_first_form(record):
    """A record as it was stored before records had a version."""
    form = stored(record)
    del form["version"]
    scores = form.pop("scores")
    nothing = {"nll": None, "nll_with_noise": None}
    return {**form, **nothing, **scores, "data_fingerprint": "made up"}


def test_a_record_survives_json():
    record = record_of(trial({"batch_size": 3}, layer_arguments={"reset_after": True}))
    assert Record.read(stored(record), Trial) == record
    assert stored(record)["version"] == VERSION


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_nan_again(value):
    record = record_of(TRIAL, valid=value)
    assert stored(record)["history"]["valid_nll"][-1] is None
    again = Record.read(stored(record), Trial)
    assert math.isnan(again.score("nll", "valid"))
    assert math.isnan(again.history["valid_nll"][-1])
    assert again.history["valid_nll"][:-1] == [9.5, 8.7]


def test_a_score_that_was_not_taken_is_nan():
    record = record_of(TRIAL)
    assert record.score("nll", "test", "per_sequence") == 8.0
    for wanted in (("error", "test"), ("nll", "dev"), ("nll", "test", "median")):
        assert math.isnan(record.score(*wanted))


@pytest.mark.parametrize("with_noise", [True, False])
def test_records_of_the_first_form_are_read(with_noise):
    record = record_of(TRIAL, valid=math.nan)
    if not with_noise:
        record = record_of(TRIAL, scores={"nll": record.scores["nll"]})
    again = Record.read(of_first_form(record), Trial)
    assert again.scores.keys() == record.scores.keys()
    assert math.isnan(again.score("nll", "valid"))
    assert again.trial == TRIAL


def test_a_record_of_a_newer_version_is_refused():
    newer = {**stored(record_of(TRIAL)), "version": VERSION + 1}
    with pytest.raises(ValueError, match=r"the form 3; .* up to 2.*--out"):
        Record.read(newer, Trial)


def test_a_record_that_lacks_something_is_refused():
    for name in stored(record_of(TRIAL)).keys() - {"version", "name"}:
        lacking = {k: v for k, v in stored(record_of(TRIAL)).items() if k != name}
        with pytest.raises(ValueError, match=f"has no '{name}'.*--out"):
            Record.read(lacking, Trial)


@pytest.mark.parametrize("wrong", [{"version": "x"}, {"history": 3}, {"config": 3}])
def test_what_is_no_record_is_refused(wrong):
    with pytest.raises(ValueError, match="--out"):
        Record.read({**stored(record_of(TRIAL)), **wrong}, Trial)


def test_numbers_of_numpy_are_stored():
    averages = {"pooled": np.float32(0.5), "per_sequence": np.float64("nan")}
    record = record_of(TRIAL, scores={"error": {"test": averages}})
    form = stored(record)["scores"]["error"]["test"]
    assert form == {"pooled": 0.5, "per_sequence": None}


def test_a_trial_of_another_version_is_refused():
    config = {**TRIAL.config, "mood": "gay"}
    del config["unit"]
    with pytest.raises(ValueError, match=r"lacks \['unit'\] and has \['mood'\]"):
        Trial.from_config(config)


def test_settings_that_came_later_have_their_defaults():
    config = TRIAL.config
    del config["layer_arguments"], config["recipe"]["marginal_bias"]
    assert Trial.from_config(config) == TRIAL


def test_a_frame_has_a_row_for_each_trial():
    records = [record_of(TRIAL), record_of(trial(unit="tanh"), valid=math.nan)]
    frame = frame_of(records)
    assert frame["name"].tolist() == [record.name for record in records]
    assert frame["unit"].tolist() == ["gru", "tanh"]
    assert frame["recipe.optimizer"].tolist() == ["rmsprop"] * 2
    assert frame["test_nll_pooled"].iloc[0] == 8.0
    assert frame["test_nll_pooled"].isna().tolist() == [False, True]
    assert frame["recurrent_parameters"].tolist() == [100, 100]
    assert (frame["epochs"] == 3).all()
    assert frame["versions.keras"].tolist() == ["3", "3"]
