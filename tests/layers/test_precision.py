"""Half, mixed and double precision."""

import keras
import numpy as np
import pytest

from tests.units import (
    GRU_AFTER,
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    PLAIN_LSTM,
    TANH,
    normal,
    random_weights,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

# Unit roundoffs of the compute dtypes.
POLICIES = {"mixed_float16": 2**-11, "mixed_bfloat16": 2**-8}


def dtype_of(tensor):
    return keras.backend.standardize_dtype(tensor.dtype)


@pytest.mark.parametrize("policy", POLICIES)
def test_mixed_precision(unit, policy):
    layer = randomise(
        unit.make(SIZE, return_sequences=True, return_state=True, dtype=policy),
        FEATURES,
    )
    assert {dtype_of(weight) for weight in layer.weights} == {"float32"}
    x, states = normal(BATCH, TIME, FEATURES), normal(unit.states, BATCH, SIZE)
    found = layer(x, initial_state=list(states))
    assert {dtype_of(tensor) for tensor in found} == {policy.removeprefix("mixed_")}
    outputs, final = unit.run_reference(x, weights_of(layer), states)
    for tensor, expected in zip(found, [outputs, *final], strict=True):
        tensor = keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32"))
        np.testing.assert_allclose(tensor, expected, atol=20 * POLICIES[policy])


@pytest.mark.parametrize(
    ("policy", "units"),
    [
        ("mixed_float16", (PEEPHOLE_LSTM, GRU_AFTER, TANH)),
        ("mixed_bfloat16", (PLAIN_LSTM, GRU_BEFORE)),
    ],
    ids=["mixed_float16", "mixed_bfloat16"],
)
def test_training_in_mixed_precision(policy, units, backend):
    """Through masks, dropout and the loop of Keras."""
    keras.config.set_dtype_policy(policy)
    *first, last = units
    layers = [
        unit.make(SIZE, return_sequences=True, dropout=0.2, recurrent_dropout=0.2)
        for unit in first
    ]
    model = keras.Sequential(
        [
            keras.Input((None, FEATURES)),
            keras.layers.Masking(),
            *layers,
            keras.layers.RNN(last.make_cell(SIZE)),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )
    # Keras' own initial scale overflows float16, and the first step is left out.
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), initial_scale=8.0
    )
    model.compile(optimizer, "mse", jit_compile=backend != "torch")
    x = normal(BATCH, TIME, FEATURES)
    x[0, 3:] = 0
    before = model.get_weights()
    assert np.isfinite(model.train_on_batch(x, np.ones((BATCH, 1))))
    after = model.get_weights()
    assert {weight.dtype.name for weight in after} == {"float32"}
    assert all(np.all(np.isfinite(weight)) for weight in after)
    assert np.any(after[0] != before[0])


def test_double_precision(unit, float64):
    layer = unit.make(SIZE, return_sequences=True, return_state=True)
    layer.build((None, None, FEATURES))
    layer.set_weights(random_weights(layer))
    assert {dtype_of(weight) for weight in layer.weights} == {"float64"}
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    outputs, states = unit.run_reference(x, weights_of(layer))
    for tensor, expected in zip(layer(x), [outputs, *states], strict=True):
        assert dtype_of(tensor) == "float64"
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(tensor), expected, rtol=1e-12, atol=1e-14
        )
