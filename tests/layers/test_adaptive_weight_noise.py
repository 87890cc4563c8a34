"""The noise of `AdaptiveWeightNoise`, its description length and their gradients."""

import math

import keras
import numpy as np
import pytest

from keras_gated.layers import AdaptiveWeightNoise
from tests import reference
from tests.gradients import gradients
from tests.layers.wrappers import KERNELS, reveal, to_numpy
from tests.units import GRU_BEFORE, normal, randomise, weights_of

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
EXAMPLES = 20
RATE = 0.5


def divergence(means, log_variances, mean, variance):
    """The Kullback-Leibler divergence of the Gaussians from the prior, in nats."""
    return sum(
        0.5 * (np.log(variance) - log_variance)
        + ((m - mean) ** 2 + np.exp(log_variance) - variance) / (2 * variance)
        for m, log_variance in zip(means, log_variances, strict=True)
    )


def best_prior(means, log_variances):
    mean = np.mean(means)
    return mean, np.mean(np.exp(log_variances) + (means - mean) ** 2)


def complexity(means, log_variances):
    return divergence(means, log_variances, *best_prior(means, log_variances))


def joined(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def built(layer, **arguments):
    """A built wrapper whose variances are not all the same."""
    wrapper = AdaptiveWeightNoise(layer, EXAMPLES, seed=3, **arguments)
    wrapper.build((None, None, FEATURES))
    rng = np.random.default_rng(4)
    for variable in wrapper.log_variances:
        variable.assign(rng.normal(-2, 1, variable.shape))
    return wrapper


def posterior(wrapper):
    """The means and the log variances as float64 vectors."""
    return joined(weights_of(wrapper.layer)[:2]), joined(
        [np.asarray(to_numpy(v), "float64") for v in wrapper.log_variances]
    )


@pytest.fixture
def wrapper():
    return built(randomise(GRU_BEFORE.make(SIZE, return_sequences=True), FEATURES))


def test_complexity_is_the_divergence_from_the_best_prior(wrapper):
    means, log_variances = posterior(wrapper)
    found = float(to_numpy(wrapper.complexity()))
    np.testing.assert_allclose(found, complexity(means, log_variances), rtol=1e-5)
    report = wrapper.compression()
    mean, stddev = report.prior_mean, report.prior_stddev
    expected, variance = best_prior(means, log_variances)
    np.testing.assert_allclose([mean, stddev], [expected, math.sqrt(variance)], 1e-5)
    for other_mean, other_stddev in (
        (mean + 0.05, stddev),
        (mean - 0.05, stddev),
        (mean, stddev * 1.05),
        (mean, stddev / 1.05),
    ):
        worse = divergence(means, log_variances, other_mean, other_stddev**2)
        assert worse > found + 0.01


def test_weights_that_are_the_prior_need_no_description():
    layer = GRU_BEFORE.make(SIZE, use_bias=False)
    wrapper = AdaptiveWeightNoise(layer, EXAMPLES)
    wrapper.build((None, None, FEATURES))
    layer.set_weights([np.full(v.shape, 0.3) for v in layer.weights])
    assert abs(float(to_numpy(wrapper.complexity()))) < 1e-4
    assert abs(wrapper.compression().bits_per_weight) < 1e-5


def test_gradient_of_the_complexity(float64):
    wrapper = built(randomise(GRU_BEFORE.make(SIZE), FEATURES))
    variables = [*wrapper.replaced_variables(), *wrapper.log_variances]
    found = gradients(wrapper.complexity, variables)
    means, log_variances = posterior(wrapper)
    expected = reference.complex_step_gradient(complexity, [means, log_variances])
    np.testing.assert_allclose(joined(found), joined(expected), rtol=1e-9, atol=1e-9)
    # The form in the papers, with the prior held.
    mean, variance = best_prior(means, log_variances)
    np.testing.assert_allclose(joined(found[:2]), (means - mean) / variance, rtol=1e-9)


def test_noise_has_the_deviation_of_each_weight():
    size = 60
    layer = keras.layers.Dense(size, use_bias=False)
    wrapper = AdaptiveWeightNoise(layer, EXAMPLES, seed=1)
    wrapper.build((None, size))
    logs = np.linspace(-4, 2, size * size).reshape(size, size)
    wrapper.log_variances[0].assign(logs)
    drawn = to_numpy(wrapper(np.eye(size, dtype="float32"), training=True))
    noise = (drawn - layer.get_weights()[0]) / np.exp(logs / 2)
    for part in np.array_split(noise.ravel(), 3):
        assert abs(np.mean(part)) < 4 / np.sqrt(part.size)
        assert abs(np.mean(part**2) - 1) < 4 * np.sqrt(2 / part.size)


def test_initial_deviation():
    wrapper = AdaptiveWeightNoise(GRU_BEFORE.make(SIZE), EXAMPLES)
    wrapper.build((None, None, FEATURES))
    for variable in wrapper.log_variances:
        np.testing.assert_allclose(to_numpy(variable), math.log(0.075**2), rtol=1e-6)


def test_a_step_of_training(backend):
    """The gradient at the sample, to mean and variance, and that of the complexity."""
    layer = randomise(GRU_BEFORE.make(SIZE, return_sequences=True), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    y = normal(BATCH, TIME, SIZE, seed=8)

    def wrap(layer):
        return AdaptiveWeightNoise(layer, EXAMPLES, stddev=0.5, seed=3)

    _, used = reveal(wrap, layer, x)
    weights = weights_of(layer)
    noise = [
        (value - own) / 0.5 for value, own in zip(used[:2], weights[:2], strict=True)
    ]
    logs = [np.full(weight.shape, 2 * math.log(0.5)) for weight in weights[:2]]

    def loss(kernel, recurrent, bias, *logs):
        drawn = [
            mean + np.exp(log / 2) * epsilon
            for mean, log, epsilon in zip((kernel, recurrent), logs, noise, strict=True)
        ]
        outputs, _ = GRU_BEFORE.run_reference(x, [*drawn, bias])
        length = complexity(joined([kernel, recurrent]), joined(logs))
        return np.mean((outputs - y) ** 2) + length / EXAMPLES

    arguments = [*weights, *logs]
    slopes = reference.complex_step_gradient(loss, arguments)
    wrapper = wrap(layer)
    model = keras.Sequential([keras.Input((None, FEATURES)), wrapper])
    # XLA makes other numbers of a seed than TensorFlow does without it.
    model.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=backend == "jax")
    found = model.fit(x, y, verbose=0).history["loss"]
    np.testing.assert_allclose(found, [loss(*arguments)], rtol=1e-5)
    after = [*weights_of(layer), *map(to_numpy, wrapper.log_variances)]
    for new, old, slope in zip(after, arguments, slopes, strict=True):
        np.testing.assert_allclose(new, old - RATE * slope, rtol=1e-5, atol=2e-6)


def test_complexity_is_a_loss_of_training_alone(wrapper):
    x = normal(BATCH, TIME, FEATURES)
    for _ in range(2):
        wrapper(x, training=True)
        (loss,) = wrapper.losses
        expected = to_numpy(wrapper.complexity()) / EXAMPLES
        np.testing.assert_allclose(to_numpy(loss), expected, rtol=1e-6)
    wrapper(x)
    assert wrapper.losses == []


def test_one_prior_for_all_layers_inside():
    layers = [GRU_BEFORE.make(SIZE, return_sequences=True) for _ in range(2)]
    wrapper = AdaptiveWeightNoise(keras.Sequential(layers), EXAMPLES)
    wrapper.build((None, None, FEATURES))
    for number, layer in enumerate(layers):
        layer.set_weights([weight + number for weight in layer.get_weights()])
    means = joined([weight for layer in layers for weight in weights_of(layer)[:2]])
    logs = np.full(means.shape, math.log(0.075**2))
    found = wrapper.compression()
    assert found.weights == means.size
    np.testing.assert_allclose(found.nats, complexity(means, logs), rtol=1e-5)


def test_report(wrapper):
    means, log_variances = posterior(wrapper)
    ratios = np.abs(means) / np.exp(log_variances / 2)
    found = wrapper.signal_to_noise()
    assert [path.split("/")[-1] for path in found] == list(KERNELS)
    np.testing.assert_allclose(joined(found.values()), ratios, rtol=1e-5)
    for threshold in (0, 0.5, 1.0, 100.0):
        report = wrapper.compression(threshold)
        assert report.prunable == np.sum(ratios < threshold)
    assert 0 < wrapper.compression().prunable < report.weights == ratios.size
    bits = complexity(means, log_variances) / math.log(2)
    np.testing.assert_allclose(report.bits, bits, rtol=1e-5)
    np.testing.assert_allclose(report.bits_per_weight, bits / means.size, rtol=1e-5)


def test_training_finds_which_weights_are_of_no_use(backend):
    """Two inputs that are always zero: their weights become the prior."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    x[:, 2:] = 0
    y = x @ np.array([[3.0], [-2.0], [0], [0]], "float32")
    layer = keras.layers.Dense(1, use_bias=False)
    wrapper = AdaptiveWeightNoise(layer, examples=len(x), seed=1)
    model = keras.Sequential([keras.Input((4,)), wrapper])
    layer.set_weights([np.array([[1.0], [1.0], [1.0], [1.0]])])
    model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=backend != "torch")
    before = wrapper.compression()
    x, y = np.tile(x, (10, 1)), np.tile(y, (10, 1))
    model.fit(x, y, batch_size=64, epochs=40, verbose=0)

    after = wrapper.compression()
    (ratios,) = wrapper.signal_to_noise().values()
    deviations = np.exp(to_numpy(wrapper.log_variances[0])[:, 0] / 2)
    np.testing.assert_allclose(deviations[2:], after.prior_stddev, rtol=0.1)
    assert np.all(deviations[:2] < 0.2 * after.prior_stddev)
    assert (before.prunable, after.prunable) == (0, 2)
    assert np.all(ratios[:2] > 5) and np.all(ratios[2:] < 1)


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["examples", "stddev"])
def test_arguments_must_be_positive(name, value):
    arguments = {"examples": 10, name: value}
    with pytest.raises(ValueError, match=f"number for {name}. .*{name}={value}"):
        AdaptiveWeightNoise(keras.layers.Dense(3), **arguments)


def test_report_needs_weights_and_a_threshold(wrapper):
    with pytest.raises(ValueError, match="threshold=-1"):
        wrapper.compression(-1)
    with pytest.raises(ValueError, match="no weights yet"):
        AdaptiveWeightNoise(keras.layers.Dense(3), 10).compression()
