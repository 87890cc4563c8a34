"""The trials of the study: what is drawn, and how a drawn one is trained."""

from dataclasses import replace

import numpy as np
import pytest

from keras_gated.layers import LSTM_VARIANTS
from reproduce.studies.odyssey2015.names import VARIANTS as NAMES
from reproduce.studies.odyssey2015.options import VARIANTS, Options
from reproduce.studies.odyssey2015.plan import plan
from reproduce.studies.odyssey2015.training import OdysseyTraining
from reproduce.training.trial import run_trial
from tests.reproduce.examples import record_of, small_task

DATASET = "jsb_chorales"


def planned(**options):
    return plan(Options(**options), DATASET, small_task())


def test_variants_are_those_of_the_library():
    assert set(VARIANTS) == set(LSTM_VARIANTS) == set(NAMES)


def test_every_variant_has_the_same_draws_and_seeds():
    trials = planned(trials=5)
    assert len(trials) == 5 * 9 == len({trial.name for trial in trials})
    by_draw = {}
    for trial in trials:
        settings = (*trial.candidate_settings.values(), trial.draw_seed)
        by_draw.setdefault(trial.candidate, set()).add(settings)
    assert all(len(settings) == 1 for settings in by_draw.values())
    assert len(set.union(*by_draw.values())) == 5
    # The draws of the first trials come first.
    assert [trial.candidate for trial in trials[:10]] == [0] * 9 + [1]


def test_a_longer_search_goes_on_with_a_shorter_one():
    assert planned(trials=8)[: 3 * 9] == planned(trials=3)


@pytest.mark.parametrize(
    ("options", "draws", "epochs"),
    [({}, 24, 150), ({"quick": True}, 2, 10), ({"full": True}, 200, 150)],
)
def test_sizes(options, draws, epochs):
    trials = planned(variants=("V",), **options)
    assert len(trials) == draws
    assert {(t.max_epochs, t.patience) for t in trials} == {(epochs, 15)}


def test_draws_lie_in_the_space_of_the_paper():
    trials = planned(variants=("V",), full=True)
    assert {20 <= t.units <= 200 for t in trials} == {True}
    assert {1e-6 <= t.learning_rate <= 1e-2 for t in trials} == {True}
    assert {0.01 <= t.one_minus_momentum <= 1 for t in trials} == {True}
    assert {0 <= t.input_noise <= 1 for t in trials} == {True}
    # PyTorch holds seeds in 32 bits, one of which is the sign.
    assert {0 <= t.draw_seed < 2**31 for t in trials} == {True}
    assert len({t.draw_seed for t in trials}) == 200


def test_variants_without_vanilla_are_refused_before_they_are_trained():
    with pytest.raises(ValueError, match=r"jsb_chorales has no trial.*V too with"):
        planned(variants=("CIFG", "NP"))
    (vanilla,) = planned(variants=("V",), trials=1)
    options = Options(variants=("CIFG",), trials=1)
    known = [record_of(vanilla)]
    assert len(plan(options, DATASET, small_task(), known)) == 1
    with pytest.raises(ValueError, match="flite_phones has no trial"):
        plan(options, "flite_phones", small_task(), known)


class Stop(Exception):
    """What stops a trial in the middle."""


def run(trial, out, stop_at=None, seconds=1000):
    def report(epoch, score):
        if epoch == stop_at:
            raise Stop

    return run_trial(OdysseyTraining(), trial, small_task(), out, report, seconds)


def of_variant(variant, backend):
    trial = planned(variants=("V",), trials=3)[2]
    return replace(
        trial, variant=variant, units=5, max_epochs=4, backend=backend, input_noise=0.3
    )


@pytest.mark.everywhere
@pytest.mark.parametrize("variant", ["V", "FGR"])
def test_a_stopped_trial_ends_as_one_never_stopped(variant, backend, tmp_path):
    trial = of_variant(variant, backend)
    whole = run(trial, tmp_path / "whole")
    with pytest.raises(Stop):
        run(trial, tmp_path, stop_at=3, seconds=0)
    record = run(trial, tmp_path, seconds=0)
    assert record.history["valid_nll"] == whole.history["valid_nll"]
    assert record.scores == whole.scores
    assert np.min(whole.history["valid_nll"]) < whole.history["valid_nll"][0]
    assert whole.history["updates"] == [24] * 4


@pytest.mark.once
@pytest.mark.parametrize("variant", VARIANTS)
def test_all_weights_begin_as_normal_numbers(variant, backend):
    trial = replace(of_variant(variant, backend), units=60)
    model = OdysseyTraining().build(trial, small_task())
    for weight in model.trainable_weights:
        values = np.asarray(weight.numpy()).ravel()
        assert abs(values.mean()) < 0.06, weight.path
        if values.size > 50:
            assert 0.07 < values.std() < 0.13, weight.path
