import keras
import numpy as np
import pytest

from keras_gated.models import sequence_model
from reproduce.studies.chung2014.training.build import (
    build_model,
    compile_model,
    log_odds,
)
from tests.reproduce.examples import small_task, trial

pytestmark = pytest.mark.everywhere


def learning_rates(trial, steps):
    model = build_model(trial, small_task())
    compile_model(model, trial, small_task(), updates=10)
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
    compile_model(model, config, small_task(), updates=10)
    assert type(model.optimizer).__name__ == name
    found = model.optimizer.get_config()
    assert {key: found[key] for key in arguments} == arguments
    assert keras.ops.convert_to_numpy(model.optimizer.learning_rate) == pytest.approx(
        0.01
    )
