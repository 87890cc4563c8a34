import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import AdaptiveWeightNoise
from keras_gated.models import sequence_model
from reproduce.studies.chung2014.training.build import (
    build_model,
    log_odds,
)
from tests.reproduce.examples import small_task, trial
from tests.reproduce.training.running import TRAINING

pytestmark = pytest.mark.everywhere


def learning_rates(trial, steps):
    model = build_model(trial, small_task())
    TRAINING.compile(model, trial, small_task(), updates=10)
    optimizer = model.optimizer
    rates = []
    for step in steps:
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    return rates


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_the_seed_decides_the_initial_weights(unit):
    for initial in ("keras", "released"):
        models = [
            build_model(
                trial({"initial_weights": initial}, unit=unit, seed=seed), small_task()
            ).get_weights()
            for seed in (0, 0, 1)
        ]
        for first, again, _ in zip(*models, strict=True):
            np.testing.assert_array_equal(first, again)
        assert any((a != b).any() for a, _, b in zip(*models, strict=True))


def test_the_initial_weights_are_those_of_all_seeds_of_keras():
    keras.utils.set_random_seed(3)
    expected = sequence_model("gru", 5, small_task().head(), small_task().input_size)
    keras.utils.set_random_seed(4)
    found = build_model(trial(unit="gru", units=5, seed=3), small_task())
    for weight, array in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, array)


@pytest.mark.parametrize(("unit", "gates"), [("lstm", 4), ("gru", 3), ("tanh", 1)])
def test_released_weights_are_small_and_orthogonal(unit, gates):
    changes = {"unit": unit, "units": 5}
    if unit == "lstm":
        changes["layer_arguments"] = {"unit_forget_bias": False}
    model = build_model(trial({"initial_weights": "released"}, **changes), small_task())
    kernels = 0
    for weight in model.weights:
        array = weight.numpy()
        if weight.name == "recurrent_kernel":
            for block in np.split(array, gates, axis=1):
                np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-5)
        elif weight.name == "kernel":
            kernels += 1
            assert 0.05 < np.abs(array).max() <= 0.1
        elif "bias" in weight.name:
            assert not array.any()
    assert kernels == 2


def test_marginal_biases_are_the_log_odds_of_the_training_steps():
    task = small_task()
    steps = np.concatenate(task.splits["train"][1])
    share = (steps.sum(axis=0) + 0.5) / (len(steps) + 1)
    np.testing.assert_allclose(log_odds(task), np.log(share / (1 - share)))
    for marginal in (True, False):
        model = build_model(trial({"marginal_bias": marginal}), task)
        bias = model.layers[-1].bias.numpy()
        expected = log_odds(task) if marginal else np.zeros(6)
        np.testing.assert_allclose(bias, expected, rtol=1e-6)


def test_a_note_that_is_always_on_has_a_finite_bias():
    task = small_task()
    for target in task.splits["train"][1]:
        target[:, 0], target[:, 1] = 1, 0
    assert np.isfinite(log_odds(task)).all()


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_the_learning_rate_decays_to_a_hundredth(decay, backend):
    config = trial({"decay": decay}, backend=backend, learning_rate=0.5)
    rates = learning_rates(config, [0, 5, 10, 20])
    assert rates == pytest.approx([0.5, 0.2525, 0.005, 0.005], rel=1e-4)


def test_the_learning_rate_stays_where_there_is_no_decay(backend):
    assert learning_rates(trial(backend=backend), [0, 10]) == pytest.approx(
        [0.01, 0.01]
    )


@pytest.mark.parametrize(
    ("recipe", "name", "arguments"),
    [
        ({}, "RMSprop", {"rho": 0.95, "use_ema": False}),
        ({"optimizer": "adam"}, "Adam", {"use_ema": False}),
        (
            {"optimizer": "adam", "averaging": 0.9},
            "Adam",
            {"use_ema": True, "ema_momentum": 0.9},
        ),
        (
            {"optimizer": "floored_rmsprop", "clip": "update", "max_norm": 2.0},
            "FlooredRMSprop",
            {"rho": 0.95, "max_norm": 2.0},
        ),
        (
            {"optimizer": "floored_rmsprop", "clip": "gradient", "max_norm": 2.0},
            "FlooredRMSprop",
            {"max_norm": float("inf")},
        ),
    ],
)
def test_the_optimizer_is_the_one_of_the_recipe(recipe, name, arguments, backend):
    config = trial(recipe, backend=backend)
    model = build_model(config, small_task())
    TRAINING.compile(model, config, small_task(), updates=10)
    assert type(model.optimizer).__name__ == name
    found = model.optimizer.get_config()
    assert {key: found[key] for key in arguments} == arguments
    assert keras.ops.convert_to_numpy(model.optimizer.learning_rate) == pytest.approx(
        0.01
    )


def weights_after(recipe, epochs=2, **changes):
    changes["backend"] = keras.backend.backend()
    config = trial({"optimizer": "adam", "weight_noise": 0.0, **recipe}, **changes)
    task = small_task()
    model = build_model(config, task)
    TRAINING.compile(model, config, task, updates=100)
    batches = SequenceBatches(*task.splits["train"], 4, seed=0, padded_lengths=1)
    model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    weights = {weight.name: weight for weight in model.layers[1].weights}
    weights["head"] = model.layers[2].kernel
    return {name: keras.ops.convert_to_numpy(w) for name, w in weights.items()}


@pytest.mark.parametrize("penalty", [{"l2": 0.3}, {"weight_decay": 20.0}])
def test_penalties_make_kernels_smaller(penalty):
    free, shrunk = weights_after({}), weights_after(penalty)
    for name in ("kernel", "recurrent_kernel"):
        assert np.square(shrunk[name]).sum() < 0.9 * np.square(free[name]).sum()


@pytest.mark.parametrize("noise", [{}, {"weight_noise": 1e-3, "learned_noise": True}])
def test_decoupled_decay_leaves_all_but_the_recurrent_kernels_alone(noise):
    # With no rate to speak of, all that moves is what decays.
    before = weights_after(noise, epochs=1, learning_rate=1e-9)
    after = weights_after({"weight_decay": 1e7, **noise}, epochs=1, learning_rate=1e-9)
    for name, values in before.items():
        if name in ("kernel", "recurrent_kernel"):
            assert np.square(after[name]).sum() < 0.95 * np.square(values).sum()
        else:
            assert np.abs(after[name] - values).max() < 1e-6, name


def test_a_penalty_is_no_part_of_the_score():
    task, scores = small_task(), []
    for l2 in (0.0, 1.0):
        config = trial({"l2": l2, "weight_noise": 0.0}, backend=keras.backend.backend())
        model = build_model(config, task)
        TRAINING.compile(model, config, task, updates=1)
        batches = SequenceBatches(*task.splits["valid"], 8, shuffle=False)
        scores.append(model.evaluate(batches, verbose=0, return_dict=True)["nll"])
    assert scores[0] == pytest.approx(scores[1], rel=1e-6)


def test_noise_can_be_learned():
    names = weights_after({"weight_noise": 0.05, "learned_noise": True}).keys()
    config = trial({"weight_noise": 0.05, "learned_noise": True})
    model = build_model(config, small_task())
    assert isinstance(model.layers[1], AdaptiveWeightNoise)
    assert model.layers[1].stddev == 0.05
    assert len(names) > 3


def test_inputs_can_be_dropped():
    model = build_model(trial({"dropout": 0.5, "weight_noise": 0.0}), small_task())
    assert model.layers[1].dropout == 0.5
