"""`SymbolHead`, which ends models of symbols, and `OneHot`, with which they begin."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated.layers import OneHot, SymbolHead
from keras_gated.losses import SymbolNLL


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("leading", [(4,), (4, 6), (2, 3, 5)])
def test_logits_are_an_affine_map(rng, leading):
    head = SymbolHead(3, bias_initializer="normal")
    inputs = rng.normal(size=(*leading, 5)).astype("float32")
    kernel, bias = (head(inputs), head.get_weights())[1]
    np.testing.assert_allclose(
        ops.convert_to_numpy(head(inputs)), inputs @ kernel + bias, rtol=1e-5, atol=1e-6
    )
    assert head.compute_output_shape(inputs.shape) == (*leading, 3)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_half_precision_policies_give_float32(rng, policy):
    keras.config.set_dtype_policy(policy)
    hidden = keras.layers.Dense(4)(rng.normal(size=(2, 5)))
    for head in (SymbolHead(3), SymbolHead(3, dtype=policy)):
        logits = head(hidden)
        assert keras.backend.standardize_dtype(logits.dtype) == "float32"
        assert keras.backend.standardize_dtype(head.kernel.dtype) == "float32"
    assert (
        keras.backend.standardize_dtype(OneHot(3)(np.zeros((2, 5))).dtype) != "float32"
    )


def test_mean_mode_and_loss(rng):
    head, logits = SymbolHead(4), rng.normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_allclose(
        ops.convert_to_numpy(head.mean(logits)),
        special.softmax(logits, axis=-1),
        rtol=1e-5,
    )
    mode = ops.convert_to_numpy(head.mode(logits))
    assert mode.dtype == np.int32
    np.testing.assert_array_equal(mode, logits.argmax(axis=-1))
    best = float(SymbolNLL()(mode, logits))
    assert all(best < float(SymbolNLL()((mode + n) % 4, logits)) for n in (1, 2, 3))


def test_samples_follow_the_probabilities():
    head, p = SymbolHead(4), np.array([0.1, 0.6, 0.0, 0.3])
    logits = np.log(np.maximum(p, 1e-30)).astype("float32")
    draws = head.sample(np.broadcast_to(logits, (200, 500, 4)), seed=1)
    draws = ops.convert_to_numpy(draws)
    assert draws.shape == (200, 500) and draws.dtype == np.int32
    share = np.bincount(draws.ravel(), minlength=4) / draws.size
    deviation = np.sqrt(p * (1 - p) / draws.size)
    assert np.all(np.abs(share - p) <= 5 * deviation)
    again = ops.convert_to_numpy(head.sample(np.zeros((3, 4)), seed=7))
    np.testing.assert_array_equal(
        again, ops.convert_to_numpy(head.sample(np.zeros((3, 4)), seed=7))
    )


@pytest.mark.parametrize("shape", [(2, 5), (2, 1), (3,), (2, 3, 4)])
def test_one_hot_is_a_row_of_the_identity(rng, shape):
    symbols = rng.integers(0, 6, shape)
    found = OneHot(6)(symbols)
    np.testing.assert_array_equal(ops.convert_to_numpy(found), np.eye(6)[symbols])
    assert OneHot(6).compute_output_shape(shape) == (*shape, 6)
    assert not np.any(ops.convert_to_numpy(OneHot(6)(np.array([[-1, 6]]))))


def test_in_a_model_saved_and_loaded(rng, tmp_path):
    head = SymbolHead(3, kernel_regularizer="l2", use_bias=False, name="letters")
    model = keras.Sequential([keras.Input((None,), dtype="int32"), OneHot(3), head])
    symbols = rng.integers(0, 3, (2, 4))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(
        loaded.predict(symbols, verbose=0), model.predict(symbols, verbose=0)
    )
    assert loaded.layers[-1].get_config() == head.get_config()
    assert "units" not in head.get_config()


@pytest.mark.parametrize("num_symbols", [0, 1, 2.5, None])
def test_num_symbols_must_be_an_integer_of_at_least_2(num_symbols):
    with pytest.raises(ValueError, match="integer num_symbols of at least 2; received"):
        SymbolHead(num_symbols)


@pytest.mark.parametrize("num_symbols", [0, True, 2.5, None])
def test_one_hot_needs_a_positive_number(num_symbols):
    with pytest.raises(ValueError, match="positive integer num_symbols; received"):
        OneHot(num_symbols)
