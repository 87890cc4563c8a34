import keras
import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.losses import BernoulliNLL


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("leading", [(4,), (4, 6), (2, 3, 5)])
def test_logits_are_an_affine_map(rng, leading):
    head = BernoulliHead(3, bias_initializer="normal")
    inputs = rng.normal(size=(*leading, 5)).astype("float32")
    logits = head(inputs)
    kernel, bias = head.get_weights()
    np.testing.assert_allclose(
        ops.convert_to_numpy(logits), inputs @ kernel + bias, rtol=1e-5, atol=1e-6
    )
    assert head.compute_output_shape(inputs.shape) == (*leading, 3)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_half_precision_policies_give_float32(rng, policy):
    keras.config.set_dtype_policy(policy)
    heads = [BernoulliHead(3), BernoulliHead(3, dtype=policy)]
    for head in heads:
        hidden = keras.layers.Dense(4)(rng.normal(size=(2, 5)))
        assert keras.backend.standardize_dtype(hidden.dtype) != "float32"
        logits = head(hidden)
        assert head.dtype_policy.name == "float32"
        assert keras.backend.standardize_dtype(logits.dtype) == "float32"
        assert keras.backend.standardize_dtype(head.kernel.dtype) == "float32"


def test_float64_stays_float64(float64, rng):
    head = BernoulliHead(3)
    head(rng.normal(size=(2, 5)))
    assert head.dtype_policy.name == "float64"


def test_mean_is_the_probability(rng):
    logits = 3 * rng.normal(size=(2, 4, 3))
    np.testing.assert_allclose(
        ops.convert_to_numpy(BernoulliHead(3).mean(logits)),
        special.expit(logits),
        rtol=1e-5,
    )


def test_mode_is_the_likelier_value():
    logits = np.array([[-1e4, -0.1, 0.1, 1e4]])
    mode = BernoulliHead(4).mode(logits)
    np.testing.assert_array_equal(ops.convert_to_numpy(mode), [[0, 0, 1, 1]])


def test_mode_has_the_lowest_loss(rng):
    head = BernoulliHead(3)
    logits = rng.normal(size=(1, 4, 3))
    best = float(BernoulliNLL()(head.mode(logits), logits))
    for event in np.ndindex(2, 2, 2):
        other = np.broadcast_to(np.array(event, "float32"), logits.shape)
        assert best <= float(BernoulliNLL()(other, logits)) + 1e-6


def test_samples_follow_the_probabilities():
    head = BernoulliHead(5)
    probabilities = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    logits = np.array([-1e4, *special.logit([0.1, 0.5, 0.9]), 1e4])
    draws = head.sample(np.broadcast_to(logits, (200, 500, 5)), seed=1)
    draws = ops.convert_to_numpy(draws).reshape(-1, 5)
    assert set(np.unique(draws)) == {0, 1}
    deviation = np.sqrt(probabilities * (1 - probabilities) / len(draws))
    np.testing.assert_array_less(
        np.abs(draws.mean(axis=0) - probabilities), 5 * deviation + 1e-12
    )
    covariance = np.cov(draws[:, 1:4].T)
    np.testing.assert_allclose(
        covariance - np.diag(np.diag(covariance)), 0, atol=5 * 0.25 / np.sqrt(1e5)
    )


def test_seeds():
    head, logits = BernoulliHead(88), np.zeros((3, 4, 88))

    def draw(seed):
        return ops.convert_to_numpy(head.sample(logits, seed=seed))

    np.testing.assert_array_equal(draw(7), draw(7))
    assert np.any(draw(7) != draw(8))
    generator = keras.random.SeedGenerator(7)
    assert np.any(draw(generator) != draw(generator))
    assert np.any(draw(None) != draw(None))


@pytest.mark.parametrize("functional", [False, True])
def test_in_a_model_saved_and_loaded(rng, functional, tmp_path):
    inputs = rng.normal(size=(2, 4, 5)).astype("float32")
    head = BernoulliHead(3, kernel_regularizer="l2", use_bias=False, name="keys")
    if functional:
        outer = keras.Input((None, 5))
        model = keras.Model(outer, head(outer))
    else:
        model = keras.Sequential([keras.Input((None, 5)), head])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(
        loaded.predict(inputs, verbose=0), model.predict(inputs, verbose=0)
    )
    copy = loaded.layers[-1]
    assert type(copy) is BernoulliHead and copy.event_size == 3
    assert copy.get_config() == head.get_config()


def test_probabilities_as_a_functional_model(rng):
    outer = keras.Input((None, 5))
    head = BernoulliHead(3)
    logits = head(outer)
    model = keras.Model(outer, [logits, head.mean(logits)])
    logits, probabilities = model.predict(rng.normal(size=(2, 4, 5)), verbose=0)
    np.testing.assert_allclose(probabilities, special.expit(logits), rtol=1e-5)


def test_config_names_only_its_own_arguments():
    config = BernoulliHead(3).get_config()
    assert config["event_size"] == 3
    assert "units" not in config and "activation" not in config


@pytest.mark.parametrize("event_size", [0, -1, 2.5, None])
def test_event_size_must_be_a_positive_integer(event_size):
    with pytest.raises(ValueError, match="positive integer event_size; received"):
        BernoulliHead(event_size)


def test_activation_is_refused():
    with pytest.raises(TypeError, match="activation"):
        BernoulliHead(3, activation="sigmoid")
