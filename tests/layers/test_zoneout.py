"""Zoneout: states held at random while training, their expectation at inference."""

import keras
import numpy as np
import pytest

from keras_gated import recurrence
from keras_gated.generation import generate
from keras_gated.layers import GRU, BernoulliHead, PeepholeLSTM, SimpleRNN
from tests import reference
from tests.tiers import exhaustive_elsewhere
from tests.units import (
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    TANH,
    normal,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 6, 2, 4
RATES = (0.3, 0.6)
MASK = np.arange(TIME) < np.array([[6], [3], [1]])
SOME_UNITS = pytest.mark.parametrize(
    "unit", [PEEPHOLE_LSTM, GRU_BEFORE, TANH], ids=lambda unit: unit.name
)


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def make(unit, **arguments):
    rates = RATES if unit.states == 2 else RATES[0]
    arguments = {"zoneout": rates, "return_sequences": True, **arguments}
    return randomise(unit.make(SIZE, **arguments), FEATURES)


def mixing(unit, held):
    """The step of a unit in which `held(t)` has the share of each old state."""
    times = iter(range(TIME))

    def step(x, states, *weights):
        shares = held(next(times))
        following = unit.step(x, states, *weights)
        return tuple(
            share * old + (1 - share) * new
            for share, old, new in zip(shares, states, following, strict=True)
        )

    return step


@pytest.mark.parametrize("order", [{}, {"mask": MASK}, {"go_backwards": True}])
def test_inference_takes_the_expectation(unit, float64, order):
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    backwards = order.get("go_backwards", False)
    layer = make(unit, go_backwards=backwards, return_state=True)
    states = (np.zeros((BATCH, SIZE)),) * unit.states
    step = mixing(unit, lambda t: RATES[: unit.states])
    expected, finals = reference.run(step, x, states, weights_of(layer), **order)
    found = layer(x, mask=order.get("mask"))
    for one, other in zip(found, (expected, *finals), strict=True):
        np.testing.assert_allclose(numpy_of(one), other, rtol=1e-11, atol=1e-13)
    gates = layer.gates(x, mask=order.get("mask"))
    outputs = expected[:, ::-1] if backwards else expected
    np.testing.assert_allclose(numpy_of(gates["output"]), outputs, atol=1e-12)


@pytest.mark.parametrize("mask", [None, MASK], ids=["every step", "mask"])
def test_given_masks_hold_what_they_say(unit, float64, mask):
    """The output is computed from the new cell state, also where that one is held."""
    rng = np.random.default_rng(0)
    x = normal(BATCH, TIME, FEATURES).astype("float64")
    layer = make(unit)
    states = tuple(rng.normal(size=(BATCH, SIZE)) for _ in range(unit.states))
    held = rng.random((unit.states, TIME, BATCH, SIZE)) < 0.5
    expected, finals = reference.run(
        mixing(unit, lambda t: held[:, t]), x, states, weights_of(layer), mask=mask
    )
    tensor = keras.ops.convert_to_tensor
    _, outputs, after = recurrence.run(
        layer.cell.regularised_equations,
        tensor(x),
        tuple(map(tensor, states)),
        layer.cell.projection(),
        layer.cell.recurrent_weights(),
        zoneout=tuple(map(tensor, held)),
        mask=None if mask is None else tensor(mask),
    )
    for one, other in zip((outputs, *after), (expected, *finals), strict=True):
        np.testing.assert_allclose(numpy_of(one), other, rtol=1e-11, atol=1e-13)


@SOME_UNITS
def test_every_entry_is_held_or_new(unit):
    """Step by step, for each state; the shares are the rates."""
    batch = 400
    layer = make(unit, return_state=True, seed=5)
    plain = randomise(unit.make(SIZE), FEATURES)
    states = [normal(batch, SIZE, seed=s) for s in range(unit.states)]
    x = normal(batch, 1, FEATURES)
    _, following = plain_step(unit, x, states, weights_of(plain))
    _, *found = layer(x, initial_state=states, training=True)
    for rate, old, new, after in zip(RATES, states, following, found, strict=False):
        after = numpy_of(after)
        held = after == old
        np.testing.assert_allclose(after[~held], new[~held], rtol=1e-4, atol=1e-5)
        assert abs(np.mean(held) - rate) < 4 * np.sqrt(rate * (1 - rate) / held.size)


def plain_step(unit, x, states, weights):
    return unit.run_reference(x, weights, tuple(s.astype("float64") for s in states))


def test_steps_units_and_sequences_are_drawn_alone():
    rate, batch, time, size = 0.4, 40, 40, 40
    layer = SimpleRNN(size, zoneout=rate, return_sequences=True, seed=3)
    x = normal(batch, time, FEATURES)
    outputs = numpy_of(layer(x, training=True))
    held = (outputs[:, 1:] == outputs[:, :-1]) - rate
    assert abs(np.mean(held)) < 4 * np.sqrt(rate * (1 - rate) / held.size)
    for axes in ((0, 1), (0, 2), (1, 2)):
        means = np.mean(held, axis=axes)
        count = held.size / len(means)
        # Means of what is drawn alone are spread by 1 / sqrt(count).
        spread = np.std(means) / np.sqrt(rate * (1 - rate) / count)
        assert 0.5 < spread < 1.5


@SOME_UNITS
def test_seed(unit):
    def outputs(seed):
        layer, x = make(unit, seed=seed), normal(BATCH, TIME, FEATURES)
        return [numpy_of(layer(x, training=True)) for _ in range(2)]

    first, second = outputs(seed=5)
    assert np.any(first != second), "every call draws"
    np.testing.assert_array_equal([first, second], outputs(seed=5))
    assert np.any(first != outputs(seed=6)[0])


def test_a_rate_of_one_changes_nothing_at_all():
    layer = PeepholeLSTM(SIZE, zoneout=1, return_state=True)
    states = [normal(BATCH, SIZE, seed=s) for s in (1, 2)]
    for training in (False, True):
        _, *found = layer(
            normal(BATCH, TIME, FEATURES), initial_state=states, training=training
        )
        np.testing.assert_array_equal([numpy_of(state) for state in found], states)


def test_a_cell_alone_does_the_same():
    layer = make(PEEPHOLE_LSTM, return_state=True)
    x, states = normal(BATCH, 1, FEATURES), [normal(BATCH, SIZE)] * 2
    _, *expected = layer(x, initial_state=states)
    _, found = layer.cell(x[:, 0], states)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(numpy_of(one), numpy_of(other), atol=1e-6)
    _, (output, _) = layer.cell(x[:, 0], states, training=True)
    held = numpy_of(output) == states[0]
    assert 0 < np.mean(held) < 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"zoneout": 0.5},
        {"recurrent_dropout": 0.5, "recurrent_dropout_form": "semeniuta"},
    ],
    ids=["zoneout", "semeniuta"],
)
def test_cells_in_the_loop_of_keras(backend, arguments):
    layer = keras.layers.RNN(GRU_BEFORE.make_cell(SIZE, **arguments))
    x = normal(BATCH, TIME, FEATURES)
    assert np.all(np.isfinite(numpy_of(layer(x))))
    if backend == "jax":
        with pytest.raises(ValueError, match="lets no step draw"):
            layer(x, training=True)
        return
    model = keras.Sequential([keras.Input((TIME, FEATURES)), layer])
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(x, normal(BATCH, SIZE)))


@exhaustive_elsewhere
def test_fits_in_both_directions_and_comes_back_from_a_file(tmp_path):
    layer = PeepholeLSTM(SIZE, zoneout=RATES, return_sequences=True)
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), keras.layers.Bidirectional(layer)]
    )
    model.compile("sgd", "mse")
    for steps in (TIME, TIME + 3):
        x, y = normal(BATCH, steps, FEATURES), normal(BATCH, steps, 2 * SIZE)
        assert np.isfinite(model.fit(x, y, verbose=0).history["loss"][0])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.layers[0].forward_layer.cell.zoneout == RATES
    np.testing.assert_allclose(
        again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6
    )


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(policy):
    layer = make(PEEPHOLE_LSTM, dtype=policy)
    same = make(PEEPHOLE_LSTM)
    x = normal(BATCH, TIME, FEATURES)
    found = layer(x)
    assert keras.backend.standardize_dtype(found.dtype) == layer.compute_dtype
    found = numpy_of(keras.ops.cast(found, "float32"))
    np.testing.assert_allclose(found, numpy_of(same(x)), atol=0.05)
    trained = numpy_of(keras.ops.cast(layer(x, training=True), "float32"))
    assert np.all(np.isfinite(trained))


def test_generation_goes_on_with_the_expectation():
    keys, steps = 3, 12
    layer = GRU(SIZE, zoneout=0.4, return_sequences=True)
    model = keras.Sequential([keras.Input((None, keys)), layer, BernoulliHead(keys)])
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    prompt = rng.integers(0, 2, (2, 5, keys))
    found = generate(model, prompt, steps, greedy=True)
    whole = np.concatenate([prompt, found], axis=1).astype("float32")
    logits = numpy_of(model(whole))[:, 4:-1]
    np.testing.assert_array_equal(found, logits > 0)


@pytest.mark.parametrize("rate", [-0.1, 1.5, "0.5", True, None, float("nan")])
def test_rates_are_numbers_from_0_to_1(unit, rate):
    with pytest.raises(ValueError, match="a number from 0 to 1") as error:
        unit.make(SIZE, zoneout=rate)
    assert f"zoneout={rate!r}" in str(error.value)


def test_as_many_rates_as_states():
    with pytest.raises(ValueError, match="each of its states: output, carry"):
        PeepholeLSTM(SIZE, zoneout=(0.1, 0.2, 0.3))
    with pytest.raises(ValueError, match="each of its states: output"):
        GRU(SIZE, zoneout=(0.1, 0.2))
    with pytest.raises(ValueError, match=r"zoneout=\(0.1, 2\)"):
        PEEPHOLE_LSTM.layer(SIZE, zoneout=[0.1, 2])
