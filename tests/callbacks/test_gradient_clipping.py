"""What is clipped and what is logged."""

import keras
import numpy as np
import pytest

from keras_gated.callbacks import GradientClipping
from tests.callbacks.linear_regression import clip
from tests.tiers import exhaustive_elsewhere

BACKEND = keras.backend.backend()
EXECUTIONS = {
    "jax": [{}, {"jit_compile": False}, {"run_eagerly": True}],
    "tensorflow": [{}, {"jit_compile": True}, {"run_eagerly": True}],
    "torch": [{}],
}[BACKEND]
SEVERAL_STEPS = {
    "jax": [{"steps_per_execution": 2}, {"steps_per_execution": 5}],
    "tensorflow": [
        {"steps_per_execution": 2},
        {"steps_per_execution": 2, "jit_compile": True},
    ],
    "torch": [],
}[BACKEND]
# Between the norms of this regression: some updates are clipped, some are not.
MAX_NORM = 2.0


@pytest.mark.parametrize("execution", EXECUTIONS + SEVERAL_STEPS)
def test_training_equals_numpy(regression, assert_weights, execution):
    model = regression.model(**execution)
    history = regression.fit(model, 4, [GradientClipping(MAX_NORM)])
    weights, norms = regression.train(regression.weights, 4, MAX_NORM)
    clipped = norms > MAX_NORM
    assert 0 < clipped.mean() < 1
    assert_weights(model, weights)
    np.testing.assert_allclose(history["gradient_norm"], norms.mean(1), 1e-5)
    np.testing.assert_allclose(history["clipped_share"], clipped.mean(1), 1e-6)


@exhaustive_elsewhere
@pytest.mark.parametrize("execution", [{}, *SEVERAL_STEPS[:1]])
@pytest.mark.parametrize("name", ["adam", "rmsprop"])
def test_equals_the_clipping_of_the_optimizer(execution, name):
    x = np.random.normal(size=(8, 5, 3))
    y = np.random.normal(size=(8, 2))

    def train(callbacks, **clipping):
        keras.utils.set_random_seed(3)
        model = keras.Sequential(
            [
                keras.Input((5, 3)),
                keras.layers.SimpleRNN(4, dropout=0.2),
                keras.layers.Dense(2),
            ]
        )
        optimizer = keras.optimizers.get({"class_name": name, "config": clipping})
        model.compile(optimizer, "mse", **execution)
        history = model.fit(
            x, y, 2, 3, shuffle=False, callbacks=callbacks, verbose=0
        ).history
        return history, [*model.variables, *optimizer.variables]

    history, clipped = train([GradientClipping(0.3)])
    _, expected = train([], global_clipnorm=0.3)
    assert max(history["clipped_share"]) > 0.5
    for value, reference in zip(clipped, expected, strict=True):
        value, reference = map(keras.ops.convert_to_numpy, (value, reference))
        np.testing.assert_allclose(value, reference, 1e-4, atol=1e-6)


def test_a_gradient_within_the_norm_stays_to_the_bit(regression):
    plain, clipped = regression.model(), regression.model()
    regression.fit(plain, 3)
    history = regression.fit(clipped, 3, [GradientClipping(1e3)])
    for weight, reference in zip(
        clipped.get_weights(), plain.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, reference)
    assert history["clipped_share"] == [0, 0, 0]


def test_logs_are_for_training_only(regression):
    model = regression.model(metrics=["mae"])
    data = (regression.x, regression.y)
    history = regression.fit(model, 2, [GradientClipping()], validation_data=data)
    own = {"gradient_norm", "clipped_share"}
    names = {"loss", "mae"}
    assert set(history) == own | names | {f"val_{name}" for name in names}
    assert set(model.evaluate(*data, verbose=0, return_dict=True)) == names


@pytest.mark.parametrize("execution", EXECUTIONS[:2] + SEVERAL_STEPS[:1])
def test_norms_are_those_of_the_unscaled_loss(regression, assert_weights, execution):
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(regression.rate), initial_scale=2.0**10
    )
    model = regression.model(optimizer=optimizer, **execution)
    history = regression.fit(model, 2, [GradientClipping(MAX_NORM)])
    weights, norms = regression.train(regression.weights, 2, MAX_NORM)
    assert_weights(model, weights)
    np.testing.assert_allclose(history["gradient_norm"], norms.mean(1), 1e-5)


@pytest.mark.parametrize("execution", [{}, *SEVERAL_STEPS[:1]])
def test_skipped_updates_do_not_count(regression, assert_weights, execution):
    # Of two batches the second has the smaller gradient, so it alone passes first.
    regression.x, regression.y = regression.x[:8], regression.y[:8]
    regression.x[4:] /= 100
    regression.y[:4] *= 100
    regression.y[4:] /= 100
    regression.weights[1][:] = 0
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(regression.rate), initial_scale=2.0**127
    )
    model = regression.model(optimizer=optimizer, **execution)
    updates = [0]
    count = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: updates.append(int(optimizer.iterations))
    )
    history = regression.fit(model, 8, [GradientClipping(MAX_NORM), count])

    weights, norms = regression.weights, []
    for passed in np.diff(updates):
        norms.append([])
        for x, y in list(regression.batches())[2 - passed :]:
            gradient, norm = clip(regression.gradient(weights, x, y), MAX_NORM)
            norms[-1].append(norm)
            weights = [
                w - regression.rate * g for w, g in zip(weights, gradient, strict=True)
            ]
    assert {1, 2} <= set(np.diff(updates))
    assert_weights(model, weights)
    expected = [np.mean(norm) if norm else np.nan for norm in norms]
    np.testing.assert_allclose(history["gradient_norm"], expected, 1e-5)


def test_norms_are_those_without_a_fixed_loss_scale(regression, assert_weights):
    optimizer = keras.optimizers.SGD(regression.rate, loss_scale_factor=64.0)
    model = regression.model(optimizer=optimizer)
    history = regression.fit(model, 2, [GradientClipping(MAX_NORM)])
    weights, norms = regression.train(regression.weights, 2, MAX_NORM)
    assert_weights(model, weights)
    np.testing.assert_allclose(history["gradient_norm"], norms.mean(1), 1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_other_precisions(regression, policy):
    if policy == "float64" and BACKEND == "jax":
        pytest.skip("JAX computes in float32 unless it is configured otherwise")
    keras.config.set_dtype_policy(policy)
    optimizer = keras.optimizers.SGD(regression.rate)
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=64.0)
    model = regression.model(optimizer=optimizer)
    history = regression.fit(model, 2, [GradientClipping(MAX_NORM)])
    _, norms = regression.train(regression.weights, 2, MAX_NORM)
    tolerance = {"mixed_float16": 1e-2, "mixed_bfloat16": 5e-2, "float64": 1e-6}
    np.testing.assert_allclose(
        history["gradient_norm"], norms.mean(1), tolerance[policy]
    )


def test_each_batch_is_clipped_before_accumulation(regression, assert_weights):
    optimizer = keras.optimizers.SGD(regression.rate, gradient_accumulation_steps=3)
    model = regression.model(optimizer=optimizer)
    history = regression.fit(model, 1, [GradientClipping(MAX_NORM)])
    total, norms = [0, 0], []
    for x, y in regression.batches():
        gradient = regression.gradient(regression.weights, x, y)
        norms.append(np.sqrt(sum((g**2).sum() for g in gradient)))
        factor = min(1, MAX_NORM / norms[-1])
        total = [t + factor * g for t, g in zip(total, gradient, strict=True)]
    expected = [
        w - regression.rate * t / 3
        for w, t in zip(regression.weights, total, strict=True)
    ]
    assert_weights(model, expected)
    assert history["gradient_norm"] == pytest.approx([np.mean(norms)], 1e-5)


@pytest.mark.parametrize("execution", EXECUTIONS)
def test_embedding_rows_used_several_times(execution):
    table = np.random.default_rng(0).normal(size=(5, 2))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Embedding(5, 2)])
    model.set_weights([table])
    model.compile(keras.optimizers.SGD(1.0), "mse", **execution)
    tokens = np.array([[1, 1, 1, 3]])
    history = model.fit(
        tokens,
        np.zeros((1, 4, 2)),
        callbacks=[GradientClipping(0.5)],
        verbose=0,
    ).history
    gradient = np.zeros_like(table)
    np.add.at(gradient, tokens[0], 2 * table[tokens[0]] / 8)
    norm = np.linalg.norm(gradient)
    assert history["gradient_norm"] == pytest.approx([norm], 1e-5)
    np.testing.assert_allclose(
        model.get_weights()[0], table - gradient * 0.5 / norm, 1e-5
    )


@exhaustive_elsewhere
@pytest.mark.filterwarnings("ignore:.*ran out of data:UserWarning")
@pytest.mark.parametrize("execution", [{}, *SEVERAL_STEPS])
def test_data_of_unknown_length(regression, assert_weights, execution):
    model = regression.model(**execution)
    model.fit(
        (batch for batch in list(regression.batches())),
        shuffle=False,
        callbacks=[GradientClipping(MAX_NORM)],
        verbose=0,
    )
    weights, _ = regression.train(regression.weights, 1, MAX_NORM)
    assert_weights(model, weights)


def test_frozen_layers_do_not_count(regression):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(2)]
    )
    model.layers[0].set_weights([np.eye(3), np.zeros(3)])
    model.layers[1].set_weights(regression.weights)
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(regression.rate), "mse")
    history = regression.fit(model, 1, [GradientClipping(MAX_NORM)])
    _, norms = regression.train(regression.weights, 1, MAX_NORM)
    assert history["gradient_norm"] == pytest.approx([norms.mean()], 1e-5)


@pytest.mark.parametrize("max_norm", [0, -1.0, float("nan"), float("inf")])
def test_refuses_a_bad_norm(max_norm):
    with pytest.raises(ValueError, match=f"max_norm={max_norm}"):
        GradientClipping(max_norm)


def test_refuses_a_second_one(regression):
    callbacks = [GradientClipping(1.0), GradientClipping(2.0)]
    with pytest.raises(ValueError, match=r"max_norm=1\.0 and max_norm=2\.0"):
        regression.fit(regression.model(), 1, callbacks)


def test_refuses_a_step_without_the_optimizer(regression):
    class Idle(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

        def train_step(self, *args):
            if BACKEND == "jax":
                return {"loss": 0.0}, args[0]
            return {"loss": 0.0}

    model = Idle()
    model(regression.x)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"Idle\.train_step never called"):
        regression.fit(model, 1, [GradientClipping()])
