"""When clipping begins and ends, and what it leaves behind: nothing."""

import h5py
import keras
import numpy as np
import pytest

from keras_gated.callbacks import GradientClipping
from tests.tiers import exhaustive_elsewhere

BACKEND = keras.backend.backend()
EXECUTIONS = {
    "jax": [{}, {"jit_compile": False}, {"run_eagerly": True}],
    "tensorflow": [{}, {"jit_compile": True}, {"run_eagerly": True}],
    "torch": [{}],
}[BACKEND]
MAX_NORM = 2.0


class Raising(keras.callbacks.Callback):
    """Raises `KeyboardInterrupt` once, where `moment` is called for the second time."""

    def __init__(self, moment):
        super().__init__()
        self.calls = 0
        setattr(self, moment, self.count)

    def count(self, *args, **kwargs):
        self.calls += 1
        if self.calls == 2:
            raise KeyboardInterrupt


class Interrupting(keras.layers.Layer):
    interrupts = False

    def call(self, inputs, training=False):
        if training and self.interrupts:
            raise KeyboardInterrupt
        return inputs


class CallsPython(keras.layers.Layer):
    """Counts how often Python runs or traces it in training."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def call(self, inputs, training=False):
        self.calls += bool(training)
        return inputs


@pytest.mark.parametrize("execution", EXECUTIONS)
def test_lasts_for_one_fit(regression, assert_weights, execution):
    model = regression.model(**execution)
    clipping = GradientClipping(MAX_NORM)
    weights = regression.weights
    for max_norm in (np.inf, MAX_NORM, np.inf, MAX_NORM):
        callbacks = [] if max_norm == np.inf else [clipping]
        history = regression.fit(model, 1, callbacks)
        weights, norms = regression.train(weights, 1, max_norm)
        assert_weights(model, weights)
        if callbacks:
            assert history["gradient_norm"] == pytest.approx([norms.mean()], 1e-5)
    model.train_on_batch(regression.x, regression.y)
    gradient = regression.gradient(weights, regression.x, regression.y)
    expected = [w - 0.1 * g for w, g in zip(weights, gradient, strict=True)]
    assert_weights(model, expected)


@pytest.mark.skipif(BACKEND == "torch", reason="PyTorch does not trace")
@pytest.mark.parametrize("execution", [{}, {"jit_compile": True}])
def test_compiles_once(regression, execution):
    counter = CallsPython()
    model = keras.Sequential([keras.Input((3,)), counter, keras.layers.Dense(2)])
    model.compile("sgd", "mse", **execution)
    clipping = GradientClipping()
    regression.fit(model)
    counter.calls = 0
    regression.fit(model, 2, [clipping])
    traced = counter.calls
    assert traced > 0
    regression.fit(model, 2, [clipping])
    regression.fit(model)
    assert counter.calls == traced


def test_serves_several_models(regression, assert_weights):
    clipping = GradientClipping(MAX_NORM)
    expected, _ = regression.train(regression.weights, 2, MAX_NORM)
    for _ in range(2):
        model = regression.model()
        regression.fit(model, 2, [clipping])
        assert_weights(model, expected)
    model.set_weights(regression.weights)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    regression.fit(model, 2, [clipping])
    assert_weights(model, expected)


@exhaustive_elsewhere
@pytest.mark.parametrize(
    ("moment", "execution"),
    [
        ("on_train_batch_begin", {}),
        ("on_epoch_end", {}),
        ("on_test_begin", {}),
        *[("on_train_batch_end", execution) for execution in EXECUTIONS],
    ],
)
def test_an_interrupted_fit_leaves_nothing_behind(
    regression, assert_weights, execution, moment
):
    model = regression.model(**execution)
    data = (regression.x, regression.y)
    regression.fit(model, validation_data=data)
    plain = model.train_function
    attributes = [set(vars(model)), set(vars(model.optimizer))]
    clipping = GradientClipping(MAX_NORM)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 3, [Raising(moment), clipping], validation_data=data)
    assert model.train_function is plain
    attributes[0].add("_eval_epoch_iterator")  # Keras' own
    assert set(vars(model)) <= attributes[0]
    assert set(vars(model.optimizer)) == attributes[1]

    weights = [w.astype("float64") for w in model.get_weights()]
    regression.fit(model)
    weights, _ = regression.train(weights)
    assert_weights(model, weights)
    history = regression.fit(model, 1, [clipping])
    weights, norms = regression.train(weights, 1, MAX_NORM)
    assert_weights(model, weights)
    assert history["gradient_norm"] == pytest.approx([norms.mean()], 1e-5)


def test_an_interrupted_batch_is_not_clipped_twice(regression, assert_weights):
    model = regression.model()
    clipping = GradientClipping(MAX_NORM)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 1, [clipping, Raising("on_train_batch_begin")])
    model.set_weights(regression.weights)
    regression.fit(model, 2, [GradientClipping(MAX_NORM)])
    weights, _ = regression.train(regression.weights, 2, MAX_NORM)
    assert_weights(model, weights)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 1, [clipping, Raising("on_train_batch_begin")])


def test_a_step_that_raises_leaves_nothing_behind(regression):
    layer = Interrupting()
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    regression.fit(model)
    plain = model.train_function
    attributes = [set(vars(model)), set(vars(model.optimizer))]
    layer.interrupts = True
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 1, [GradientClipping()])
    assert model.train_function is plain
    assert [set(vars(model)), set(vars(model.optimizer))] == attributes


def names_in(path):
    names = []
    with h5py.File(path) as file:
        file.visit(names.append)
    return names


@exhaustive_elsewhere
@pytest.mark.parametrize("save_freq", ["epoch", 1])
def test_checkpoints_hold_nothing_more(regression, tmp_path, save_freq):
    names = []
    for callbacks in ([], [GradientClipping()]):
        path = tmp_path / f"{len(names)}.weights.h5"
        checkpoint = keras.callbacks.ModelCheckpoint(
            path, save_weights_only=True, save_freq=save_freq
        )
        model = regression.model(optimizer="adam", metrics=["mae"])
        regression.fit(model, 2, [*callbacks, checkpoint])
        names.append(names_in(path))
    assert names[0] == names[1]
    restored = regression.model(optimizer="adam", metrics=["mae"])
    regression.fit(restored)
    restored.load_weights(path)
    for weight, reference in zip(
        restored.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, reference)


def test_a_saved_model_goes_on_as_the_model_itself(regression, tmp_path):
    model = regression.model(optimizer=keras.optimizers.Adam(0.1))
    regression.fit(model, 2, [GradientClipping(MAX_NORM)])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    histories = [
        regression.fit(m, 2, [GradientClipping(MAX_NORM)]) for m in (model, loaded)
    ]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], 1e-6)
    for weight, reference in zip(
        loaded.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(weight, reference, 1e-6)


def test_resumes_from_a_backup(regression, assert_weights, tmp_path):
    def callbacks():
        return [
            GradientClipping(MAX_NORM),
            keras.callbacks.BackupAndRestore(tmp_path / "backup"),
        ]

    with pytest.raises(KeyboardInterrupt):
        regression.fit(regression.model(), 4, [*callbacks(), Raising("on_epoch_begin")])
    model = regression.model()
    model.set_weights([np.zeros_like(w) for w in regression.weights])
    history = regression.fit(model, 4, callbacks())
    weights, norms = regression.train(regression.weights, 4, MAX_NORM)
    assert_weights(model, weights)
    np.testing.assert_allclose(history["gradient_norm"], norms[1:].mean(1), 1e-5)


def test_a_train_function_made_anew_during_fit(regression, assert_weights):
    model = regression.model()
    rebuild = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: model.make_train_function(force=True)
    )
    regression.fit(model, 3, [rebuild, GradientClipping(MAX_NORM)])
    weights, _ = regression.train(regression.weights, 3, MAX_NORM)
    assert_weights(model, weights)
