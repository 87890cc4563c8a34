"""The likelihood of one symbol out of many."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated.losses import SymbolNLL
from keras_gated.metrics import MeanNLL
from tests.gradients import value_and_gradients

BATCH, TIME, SYMBOLS = 3, 4, 5


@pytest.fixture
def steps():
    rng = np.random.default_rng(0)
    logits = 3 * rng.normal(size=(BATCH, TIME, SYMBOLS)).astype("float32")
    return rng.integers(0, SYMBOLS, (BATCH, TIME)), logits


def by_hand(symbols, logits):
    log_p = np.log(special.softmax(logits.astype("float64"), axis=-1))
    return -np.take_along_axis(log_p, symbols[..., None], axis=-1)[..., 0]


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


def test_values(steps):
    symbols, logits = steps
    expected = by_hand(symbols, logits)
    loss = SymbolNLL(reduction="none")
    found = ops.convert_to_numpy(loss(symbols, logits))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert number(SymbolNLL()(symbols, logits)) == pytest.approx(
        number(theirs(symbols, logits)), rel=1e-5
    )
    assert number(SymbolNLL("bits")(symbols, logits)) == pytest.approx(
        expected.mean() / np.log(2), rel=1e-5
    )


@pytest.mark.parametrize("dtype", ["int32", "uint8", "int64", "float32"])
def test_targets_of_any_dtype_and_with_an_axis_of_one(steps, dtype):
    symbols, logits = steps
    expected = pytest.approx(by_hand(symbols, logits).mean(), rel=1e-5)
    assert number(SymbolNLL()(symbols.astype(dtype), logits)) == expected
    assert number(SymbolNLL()(symbols.astype(dtype)[..., None], logits)) == expected


def test_large_numbers_of_symbols():
    """Which float16 and bfloat16 do not hold."""
    logits = np.zeros((1, 2, 5000), "float16")
    logits[0, 0, 4097] = logits[0, 1, 4096] = 20
    loss = SymbolNLL(dtype="mixed_bfloat16")
    assert number(loss(np.array([[4097, 4096]]), logits)) < 1e-3


def test_steps_of_weight_0_are_gone(steps):
    symbols, logits = steps
    weight = np.float32([[1, 1, 1, 1], [1, 2, 0, 0], [0, 0, 0, 0]])
    expected = np.average(by_hand(symbols, logits), weights=weight)
    logits[weight == 0] = np.nan
    symbols[weight == 0] = 99
    assert number(SymbolNLL()(symbols, logits, weight)) == pytest.approx(expected, 1e-5)
    metric = MeanNLL(SymbolNLL())
    metric.update_state(symbols, logits, weight)
    assert number(metric.result()) == pytest.approx(expected, rel=1e-5)
    _, (gradient,) = value_and_gradients(
        lambda logits: SymbolNLL()(symbols, logits, weight), logits
    )
    gradient = ops.convert_to_numpy(gradient)
    assert np.isfinite(gradient).all() and not gradient[weight == 0].any()


@pytest.mark.parametrize("wrong", [-1, SYMBOLS, 1000])
def test_a_target_that_is_no_symbol_is_nan_on_every_backend(steps, wrong):
    symbols, logits = steps
    symbols[1, 2] = wrong
    found = ops.convert_to_numpy(SymbolNLL(reduction="none")(symbols, logits))
    expected = np.zeros((BATCH, TIME), bool)
    expected[1, 2] = True
    np.testing.assert_array_equal(np.isnan(found), expected)


def test_extreme_logits(steps):
    symbols, logits = steps
    logits[...] = -1e30
    np.put_along_axis(logits, symbols[..., None], 1e30, axis=-1)
    assert number(SymbolNLL()(symbols, logits)) == 0


def test_gradient(steps, float64):
    symbols, logits = steps
    loss, logits = SymbolNLL(), logits.astype("float64")
    _, (found,) = value_and_gradients(lambda x: loss(symbols, x), logits)
    expected = special.softmax(logits, axis=-1) - np.eye(SYMBOLS)[symbols]
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), expected / symbols.size, atol=1e-9
    )


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [((3, 4), (3, 5, 6)), ((3, 4, 2), (3, 4, 6)), ((3,), (3, 4, 6)), ((3, 4), (3, 4))],
)
def test_shapes_that_do_not_fit(y_true, y_pred):
    with pytest.raises(
        ValueError, match=r"SymbolNLL needs y_true \(batch, time\), the"
    ):
        SymbolNLL()(np.zeros(y_true), np.zeros(y_pred))


def test_unit_must_be_known():
    with pytest.raises(ValueError, match='needs "nats" or "bits" for unit; received'):
        SymbolNLL("hartleys")


def test_config():
    loss = SymbolNLL("bits", reduction="sum")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
    assert (again.unit, again.reduction) == ("bits", "sum")
