import keras
import numpy as np
import pytest

from keras_gated.callbacks import LearningRateSelection

RATES = (0.01, 0.2, 0.001)
TRIAL = 2


def validated(regression):
    return {"validation_data": (regression.x, regression.y)}


def test_refuses_if_all_diverge(regression, assert_weights):
    model = regression.model()
    selection = LearningRateSelection([1e30, 1e35], TRIAL)
    with pytest.raises(ValueError, match=r"no learning rate with a finite 'val_loss'"):
        regression.fit(model, 5, [selection], **validated(regression))
    assert_weights(model, regression.weights)
    assert float(model.optimizer.learning_rate) == pytest.approx(regression.rate)


def test_warns_if_stopped_before_the_choice(regression):
    selection = LearningRateSelection([0.1, 0.01], TRIAL)
    stopping = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1e3)
    with pytest.warns(UserWarning, match="1 of 2 candidates"):
        regression.fit(
            regression.model(), 9, [selection, stopping], **validated(regression)
        )


@pytest.mark.parametrize("epoch", [1, 3, 4])
def test_refuses_to_resume_within_the_selection(regression, epoch):
    selection = LearningRateSelection([0.1, 0.01], TRIAL)
    with pytest.raises(ValueError, match=f"begins at epoch {epoch}"):
        regression.fit(
            regression.model(),
            9,
            [selection],
            initial_epoch=epoch,
            **validated(regression),
        )


@pytest.mark.parametrize(
    "candidates",
    [[], [0.1, 0.0], [-0.1], [float("nan")], [0.1, float("inf")], [0.1, 0.1], ["a"]],
)
def test_refuses_bad_candidates(candidates):
    with pytest.raises(ValueError, match="candidate"):
        LearningRateSelection(candidates)


@pytest.mark.parametrize("arguments", [{"epochs": 0}, {"epochs": 1.5}, {"mode": "up"}])
def test_refuses_bad_arguments(arguments):
    with pytest.raises(ValueError, match="Received"):
        LearningRateSelection([0.1], **arguments)


def test_accepts_numpy_candidates():
    rates = np.exp(np.random.default_rng(0).uniform(-12, -6, 10))
    assert LearningRateSelection(rates).candidates == tuple(rates)


def test_refuses_too_few_epochs(regression):
    selection = LearningRateSelection(RATES, TRIAL)
    with pytest.raises(ValueError, match=r"fit\(epochs=6\)"):
        regression.fit(regression.model(), 5, [selection], **validated(regression))


def test_refuses_a_missing_monitor(regression):
    selection = LearningRateSelection(RATES, TRIAL)
    with pytest.raises(ValueError, match="found no 'val_loss'"):
        regression.fit(regression.model(), 6, [selection])


def test_refuses_a_schedule(regression):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model = regression.model(optimizer=keras.optimizers.SGD(schedule))
    selection = LearningRateSelection(RATES, TRIAL)
    with pytest.raises(ValueError, match="schedule"):
        regression.fit(model, 6, [selection], **validated(regression))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the others build before training"
)
def test_refuses_a_model_without_weights(regression):
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    selection = LearningRateSelection(RATES, TRIAL)
    with pytest.raises(ValueError, match="not built"):
        regression.fit(model, 6, [selection], **validated(regression))
