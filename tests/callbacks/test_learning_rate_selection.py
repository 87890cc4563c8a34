import keras
import numpy as np
import pytest

from keras_gated.callbacks import (
    GradientClipping,
    LearningRateSelection,
    WallClock,
)

BACKEND = keras.backend.backend()
EXECUTIONS = {
    "jax": [{}, {"run_eagerly": True}, {"steps_per_execution": 2}],
    "tensorflow": [{}, {"jit_compile": True}, {"run_eagerly": True}],
    "torch": [{}],
}[BACKEND]
RATES = (0.01, 0.2, 0.001)
TRIAL = 2


def validated(regression):
    return {"validation_data": (regression.x, regression.y)}


def loss(regression, weights):
    return ((regression.x @ weights[0] + weights[1] - regression.y) ** 2).mean()


def noisy_model(rate, **optimizer_arguments):
    """A model with every kind of state: weights, moving averages, seeds, moments."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.GaussianNoise(0.1, seed=1),
            keras.layers.Dropout(0.3, seed=2),
            keras.layers.Dense(2),
            keras.layers.BatchNormalization(),
        ]
    )
    model.compile(keras.optimizers.Adam(rate, **optimizer_arguments), "mse")
    return model


def everything(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v) for v in variables]


def assert_same_state(model, reference):
    pairs = zip(everything(model), everything(reference), strict=True)
    for value, expected in pairs:
        np.testing.assert_allclose(value, expected, 1e-5, atol=1e-6)


@pytest.mark.parametrize("execution", EXECUTIONS)
def test_selection_equals_numpy(regression, assert_weights, execution):
    model = regression.model(**execution)
    selection = LearningRateSelection(RATES, TRIAL)
    history = regression.fit(model, 9, [selection], **validated(regression))

    ends = {
        rate: regression.train(regression.weights, TRIAL, rate=rate)[0]
        for rate in RATES
    }
    scores = {rate: loss(regression, weights) for rate, weights in ends.items()}
    best = min(scores, key=scores.get)
    assert selection.best == best
    assert selection.scores == pytest.approx(scores, 1e-5)
    assert selection.epochs_needed == 6
    rates = [rate for rate in RATES for _ in range(TRIAL)] + [best] * 3
    np.testing.assert_allclose(history["learning_rate"], rates, 1e-6)
    assert history["selecting"] == [1] * 6 + [0] * 3
    weights, _ = regression.train(ends[best], 3, rate=best)
    assert_weights(model, weights)
    assert history["val_loss"][-1] == pytest.approx(loss(regression, weights), 1e-4)


@pytest.mark.parametrize("best", [0, 1])
def test_the_winner_trains_as_if_it_were_alone(regression, best):
    rates = [1e-4, 2e-4]
    rates[best] = 0.05
    model = noisy_model(0.7)
    selection = LearningRateSelection(rates, TRIAL)
    regression.fit(model, 6, [selection], **validated(regression))
    assert selection.best == 0.05
    alone = noisy_model(0.05)
    regression.fit(alone, TRIAL + 2, **validated(regression))
    assert_same_state(model, alone)


@pytest.mark.parametrize("averaging", [{}, {"use_ema": True, "ema_momentum": 0.5}])
def test_a_fit_that_only_selects(regression, averaging):
    model = noisy_model(0.7, **averaging)
    selection = LearningRateSelection([0.05, 1e-4], TRIAL)
    regression.fit(model, 4, [selection], **validated(regression))
    alone = noisy_model(0.05, **averaging)
    regression.fit(alone, TRIAL, **validated(regression))
    assert_same_state(model, alone)
    if not averaging:
        # And a later fit goes on from there.
        regression.fit(model, 6, [selection], initial_epoch=4)
        regression.fit(alone, 2)
        assert_same_state(model, alone)


def test_largest_value_wins(regression):
    selection = LearningRateSelection(RATES, TRIAL, monitor="loss", mode="max")
    regression.fit(regression.model(), 6, [selection])
    assert selection.best == max(selection.scores, key=selection.scores.get)
    assert selection.best != min(selection.scores, key=selection.scores.get)


@pytest.mark.parametrize("diverging", [0, 1])
def test_a_diverging_candidate_loses(regression, assert_weights, diverging):
    rates = [0.1, 0.1]
    rates[diverging] = 1e30
    model = regression.model()
    selection = LearningRateSelection(rates, TRIAL)
    regression.fit(model, 5, [selection], **validated(regression))
    assert selection.best == 0.1
    assert not np.isfinite(selection.scores[1e30])
    weights, _ = regression.train(regression.weights, TRIAL + 1, rate=0.1)
    assert_weights(model, weights)


def test_beside_a_loss_scale(regression):
    def model(rate):
        optimizer = keras.optimizers.SGD(rate, momentum=0.5)
        return regression.model(
            optimizer=keras.optimizers.LossScaleOptimizer(
                optimizer, initial_scale=2.0**8, dynamic_growth_steps=4
            )
        )

    selected, alone = model(0.5), model(0.1)
    selection = LearningRateSelection([1e-5, 0.1, 1e-4], TRIAL)
    regression.fit(selected, 7, [selection], **validated(regression))
    assert selection.best == 0.1
    regression.fit(alone, 3)
    assert_same_state(selected, alone)


def test_early_stopping_waits(regression):
    model = regression.model()
    selection = LearningRateSelection([0.1, 1e-8], TRIAL)
    stopping = keras.callbacks.EarlyStopping(
        patience=2,
        min_delta=1e3,
        restore_best_weights=True,
        start_from_epoch=selection.epochs_needed,
    )
    history = regression.fit(model, 50, [selection, stopping], **validated(regression))
    # The first epoch after the selection is the best, and two more are waited for.
    assert len(history["loss"]) == selection.epochs_needed + 3
    weights, _ = regression.train(regression.weights, TRIAL + 1)
    for weight, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(weight, expected, 1e-5, atol=1e-6)


@pytest.mark.parametrize("order", [1, -1])
def test_resumes_from_a_backup_after_the_selection(regression, tmp_path, order):
    def callbacks(*others):
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
        selection = LearningRateSelection([1e-4, 0.05], TRIAL)
        return [*[selection, backup][::order], *others]

    def interrupt(epoch, logs):
        if epoch == 6:
            raise KeyboardInterrupt

    def model(rate):
        return regression.model(optimizer=keras.optimizers.Adam(rate))

    stop = keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
    arguments = validated(regression)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model(0.7), 8, callbacks(stop), **arguments)
    resumed = model(0.7)
    history = regression.fit(resumed, 8, callbacks(), **arguments)
    assert history["selecting"] == [0, 0]
    np.testing.assert_allclose(history["learning_rate"], 0.05, 1e-6)
    alone = model(0.05)
    regression.fit(alone, TRIAL + 4, **arguments)
    assert_same_state(resumed, alone)


def test_each_fit_selects_anew(regression):
    selection = LearningRateSelection(RATES, TRIAL)
    first, second = regression.model(), regression.model()
    regression.fit(first, 6, [selection], **validated(regression))
    scores = dict(selection.scores)
    regression.fit(first, 6, [selection], **validated(regression))
    assert selection.scores != scores
    regression.fit(second, 6, [selection], **validated(regression))
    assert selection.scores == pytest.approx(scores)


def test_after_an_interrupted_selection(regression, assert_weights):
    def interrupt(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    model = regression.model()
    selection = LearningRateSelection([0.001, 0.1], TRIAL)
    stop = keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 5, [selection, stop], **validated(regression))
    model.set_weights(regression.weights)
    regression.fit(model, 5, [selection], **validated(regression))
    weights, _ = regression.train(regression.weights, TRIAL + 1, rate=0.1)
    assert_weights(model, weights)


def test_saved_and_loaded(regression, tmp_path):
    model = regression.model(optimizer="adam")
    selection = LearningRateSelection([0.05, 1e-4], TRIAL)
    regression.fit(model, 5, [selection], **validated(regression))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert float(loaded.optimizer.learning_rate) == pytest.approx(0.05)
    assert_same_state(loaded, model)


@pytest.mark.parametrize("order", [1, -1])
def test_beside_the_other_callbacks(regression, assert_weights, order):
    model = regression.model()
    selection = LearningRateSelection([0.001, 0.1], TRIAL)
    callbacks = [selection, GradientClipping(2.0), WallClock()][::order]
    history = regression.fit(model, 6, callbacks, **validated(regression))
    weights, norms = regression.train(regression.weights, TRIAL + 2, 2.0, rate=0.1)
    assert_weights(model, weights)
    np.testing.assert_allclose(history["gradient_norm"][2:], norms.mean(1), 1e-5)
    assert history["updates"] == [3] * 6


def test_prints_the_choice(regression, capsys):
    selection = LearningRateSelection([0.001, 0.1], TRIAL, verbose=1)
    regression.fit(regression.model(), 4, [selection], **validated(regression))
    printed = capsys.readouterr().out
    assert f"Learning rate 0.001: val_loss {selection.scores[0.001]:.4f}" in printed
    assert "Going on with learning rate 0.1" in printed
