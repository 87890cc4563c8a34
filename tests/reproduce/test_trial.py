import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import BernoulliHead
from keras_gated.models import UNITS, sequence_model
from reproduce.trial import evaluate, run_trial
from tests.reproduce.examples import small_music, trial


@pytest.mark.parametrize("unit", UNITS)
def test_a_trial_learns_and_records_what_it_did(unit, backend):
    heard = []
    config = trial(unit=unit, backend=backend, max_epochs=12, patience=12)
    record = run_trial(config, small_music(), lambda *event: heard.append(event))
    valid = record["history"]["valid_nll"]
    assert valid[-1] < 0.8 * valid[0]
    assert [epoch for epoch, _, _ in heard] == list(range(1, 13))
    assert [score for _, score, _ in heard] == valid
    assert [best for _, _, best in heard] == np.minimum.accumulate(valid).tolist()
    assert record["config"] == config.config
    assert record["history"]["updates"] == [6] * 12
    assert all(len(column) == 12 for column in record["history"].values())
    assert record["versions"]["keras"] == keras.__version__


def test_scores_are_those_of_the_best_epoch_without_noise(backend):
    config = trial(
        backend=backend, learning_rate=0.3, weight_noise=0.5, max_epochs=8, patience=8
    )
    record = run_trial(config, small_music(), lambda *event: None)
    valid = record["history"]["valid_nll"]
    assert record["best_epoch"] == np.argmin(valid) + 1
    np.testing.assert_allclose(
        record["nll"]["valid"]["pooled"], np.min(valid), rtol=1e-5
    )


def test_a_trial_stops_when_validation_gets_no_better(backend):
    config = trial(backend=backend, learning_rate=1e-12, max_epochs=50, patience=2)
    record = run_trial(config, small_music(), lambda *event: None)
    assert len(record["history"]["seconds"]) <= record["best_epoch"] + 2 < 50


def test_the_same_trial_gives_the_same_history(backend):
    config = trial(backend=backend, max_epochs=3)
    first, second = (
        run_trial(config, small_music(), lambda *event: None) for _ in range(2)
    )
    assert first["history"]["valid_nll"] == second["history"]["valid_nll"]
    assert first["nll"] == second["nll"]


def test_both_averages_against_numpy():
    model = sequence_model("gru", 3, BernoulliHead(6), input_size=6)
    data = small_music()
    batches = SequenceBatches.next_step(
        data.test, 5, shuffle=False, padded_lengths=[12]
    )
    totals, lengths = [], []
    for roll in data.test:
        logits = keras.ops.convert_to_numpy(model(roll[None, :-1].astype("float32")))
        logits, target = logits[0].astype("float64"), roll[1:]
        probability = 1 / (1 + np.exp(-np.where(target, logits, -logits)))
        totals.append(-np.log(probability).sum())
        lengths.append(len(target))
    found = evaluate(model, batches)
    np.testing.assert_allclose(found["pooled"], sum(totals) / sum(lengths), rtol=1e-5)
    np.testing.assert_allclose(
        found["per_sequence"], np.mean(np.divide(totals, lengths)), rtol=1e-5
    )
