"""The variants of the LSTM and the GRU on their C++ loops, beside the generic one."""

import keras
import numpy as np
import pytest

from keras_gated.streaming import Stream
from tests.cells import named
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.recurrence.test_cell_derivatives import outcome
from tests.units import normal, own_sigmoid, randomise
from tests.variants import ALONE, MIXED, WITHOUT_PEEPHOLES

pytestmark = pytest.mark.skipif(FLOAT32_LOOP != "native", reason="there is no compiler")

BATCH, TIME, FEATURES, SIZE = 4, 9, 5, 19
SOME_STEPS = np.random.default_rng(0).random((BATCH, TIME)) < 0.7
SOME_STEPS[1] = False

MUTATIONS = named("mut1", "mut1, bare inputs", "mut2", "mut2, bare inputs", "mut3")

EACH = pytest.mark.parametrize(
    "variant",
    [*ALONE, *WITHOUT_PEEPHOLES, *MUTATIONS],
    ids=lambda variant: variant.name,
)


@pytest.mark.once
@EACH
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_each_takes_a_loop_of_its_own(variant, dtype):
    path = variant.make(SIZE, dtype=dtype).recurrence
    assert path.name == "native", path.reason


@pytest.mark.once
@pytest.mark.parametrize("variant", MIXED[:4], ids=lambda variant: variant.name)
def test_several_at_a_time_are_left_to_the_scan(variant):
    path = variant.make(SIZE).recurrence
    assert path.name == "hand-written"
    assert "C++ loops for LSTMVariant have one entry of LSTM_VARIANTS" in path.reason


def pair(variant, on_native, **options):
    """The same layer on the C++ loop and on the generic one, with one seed."""
    found = []
    for arguments in (on_native, {"recurrent_activation": own_sigmoid}):
        layer = variant.make(
            SIZE,
            return_sequences=True,
            return_state=True,
            seed=3,
            **options,
            **arguments,
        )
        features = features_of(variant)
        found.append(randomise(layer, features, scale=0.5 / np.sqrt(SIZE)))
    assert [layer.recurrence.name for layer in found] == ["native", "generic"]
    return found


def features_of(variant):
    """As many as units where the inputs are to go in as they are."""
    return SIZE if "bare" in variant.name else FEATURES


def numbers(variant):
    """Inputs, initial states, and the weights of all results in their sum."""
    count = len(variant.make(SIZE).cell.regularised_equations.states)
    states, later = (
        [normal(BATCH, SIZE, seed=seed + n) for n in range(count)] for seed in (0, 8)
    )
    upstream = [normal(BATCH, TIME, SIZE, seed=16), *later]
    return normal(BATCH, TIME, features_of(variant)), states, upstream


OPTIONS = {
    "dropped": (None, {}, {"dropout": 0.3, "recurrent_dropout": 0.4}),
    "masked, backwards": (SOME_STEPS, {}, {"go_backwards": True}),
    "without bias": (None, {}, {"use_bias": False}),
    "with checkpoints": (SOME_STEPS, {"checkpoint_steps": 4}, {}),
}


@pytest.mark.parametrize("name", OPTIONS)
@EACH
def test_values_and_all_gradients(variant, name):
    mask, on_native, options = OPTIONS[name]
    (value, gradients), (expected, expected_gradients) = (
        outcome(layer, numbers(variant), mask, training=True)
        for layer in pair(variant, on_native, **options)
    )
    np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-3)
    for one, other in zip(gradients, expected_gradients, strict=True):
        scale = max(1, np.max(np.abs(other)))
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * scale)


@EACH
def test_half_precision_beside_single(variant):
    x, states, upstream = numbers(variant)
    (value, gradients), (expected, expected_gradients) = (
        outcome(layer, (x, states, upstream), SOME_STEPS)
        for layer in pair(variant, {"dtype": "mixed_bfloat16"})
    )
    scale = np.sqrt(sum(np.sum(one**2) for one in upstream))
    assert abs(value - expected) < 2**-8 * scale
    for one, other in zip(gradients, expected_gradients, strict=True):
        error = np.linalg.norm(one.astype(float) - other) / np.linalg.norm(other)
        assert error < 4 * 2**-8


@EACH
def test_stream_goes_on_as_the_layer_does(variant):
    layer, _ = pair(variant, {})
    x = normal(BATCH, TIME, features_of(variant))
    whole, *finals = map(keras.ops.convert_to_numpy, layer(x))
    stream = Stream(layer, batch_size=BATCH)
    steps = [stream.step(x[:, t]) for t in range(TIME)]
    np.testing.assert_allclose(np.stack(steps, axis=1), whole, atol=1e-5)
    np.testing.assert_allclose(stream.states, finals, atol=1e-5)
