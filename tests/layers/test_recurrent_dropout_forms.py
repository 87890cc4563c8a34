"""The forms of recurrent dropout, against their equations in NumPy."""

import keras
import numpy as np
import pytest

from keras_gated import recurrence
from keras_gated.layers import GRU, GRUCell, PeepholeLSTM, SimpleRNN
from tests.reference import sigmoid
from tests.units import (
    GRU_AFTER,
    GRU_BEFORE,
    PEEPHOLE_LSTM,
    normal,
    randomise,
    weights_of,
)

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
RATE = 0.4


def lstm(form, x, states, mask, kernel, recurrent_kernel, bias, peephole_kernel):
    h, c = states
    seen = h * mask if form == "gal" else h
    a_i, a_f, a_c, a_o = np.split(
        x @ kernel + seen @ recurrent_kernel + bias, 4, axis=-1
    )
    p_i, p_f, p_o = peephole_kernel
    i, f, candidate = sigmoid(a_i + p_i * c), sigmoid(a_f + p_f * c), np.tanh(a_c)
    if form == "semeniuta":
        candidate = candidate * mask
    c = f * c + i * candidate
    if form == "moon":
        c = c * mask
    return sigmoid(a_o + p_o * c) * np.tanh(c), c


def gru(form, x, states, mask, kernel, recurrent_kernel, bias):
    (h,) = states
    seen = h * mask if form == "gal" else h
    after = bias.ndim == 2
    own, other = bias if after else (bias, 0 * bias)
    parts = (
        np.split(a, 3, axis=-1) for a in (x @ kernel + own, recurrent_kernel, other)
    )
    (x_z, x_r, x_h), (u_z, u_r, u_h), (b_z, b_r, b_h) = parts
    z = sigmoid(x_z + seen @ u_z + b_z)
    r = sigmoid(x_r + seen @ u_r + b_r)
    inner = r * (seen @ u_h + b_h) if after else (r * seen) @ u_h
    candidate = np.tanh(x_h + inner)
    if form == "semeniuta":
        candidate = candidate * mask
    return (z * h + (1 - z) * candidate,)


CASES = [
    (PEEPHOLE_LSTM, lstm, "gal"),
    (PEEPHOLE_LSTM, lstm, "semeniuta"),
    (PEEPHOLE_LSTM, lstm, "moon"),
    (GRU_BEFORE, gru, "gal"),
    (GRU_BEFORE, gru, "semeniuta"),
    (GRU_AFTER, gru, "gal"),
    (GRU_AFTER, gru, "semeniuta"),
]


def dropping(unit, form, **arguments):
    given = {"recurrent_dropout": RATE, "recurrent_dropout_form": form, **arguments}
    return unit.make(SIZE, return_sequences=True, **given)


@pytest.mark.parametrize(
    ("unit", "step", "form"), CASES, ids=[f"{u.name}, {form}" for u, _, form in CASES]
)
def test_the_mask_acts_where_the_paper_has_it(unit, step, form, float64):
    rng = np.random.default_rng(0)
    layer = randomise(dropping(unit, form), FEATURES)
    shape = (TIME, BATCH, SIZE) if form == "semeniuta" else (BATCH, SIZE)
    mask = (rng.random(shape) > RATE) / (1 - RATE)
    x = rng.normal(size=(BATCH, TIME, FEATURES))
    start = [rng.normal(size=(BATCH, SIZE)) for _ in range(unit.states)]
    states, weights, outputs = tuple(start), weights_of(layer), []
    for t in range(TIME):
        step_mask = mask[t] if mask.ndim == 3 else mask
        states = step(form, x[:, t], states, step_mask, *weights)
        outputs.append(states[0])
    tensor = keras.ops.convert_to_tensor
    _, found, finals = recurrence.run(
        layer.cell.regularised_equations,
        tensor(x),
        tuple(map(tensor, start)),
        layer.cell.projection(),
        layer.cell.recurrent_weights(),
        dropout_mask=tensor(mask),
    )
    expected = (np.stack(outputs, axis=1), *states)
    for one, other in zip((found, *finals), expected, strict=True):
        one = keras.ops.convert_to_numpy(one)
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def kept(layer, batch=60, time=50):
    """Which entries of the outputs are not zero, when all candidates are the same."""
    layer.build((None, None, FEATURES))
    weights = [np.zeros(weight.shape) for weight in layer.weights]
    # Gates far open or shut, and a candidate of one.
    gates = {4: [200, -200, 200, 200], 3: [-200, 0, 200]}[weights[0].shape[1] // SIZE]
    weights[2] = np.repeat(gates, SIZE)
    layer.set_weights(weights)
    x = np.zeros((batch, time, FEATURES), "float32")
    outputs = keras.ops.convert_to_numpy(layer(x, training=True))
    largest = 1 / (1 - RATE)
    expected = np.tanh(largest) if isinstance(layer, PeepholeLSTM) else largest
    np.testing.assert_allclose(outputs[outputs != 0], expected, rtol=1e-5)
    return outputs != 0


@pytest.mark.parametrize(
    "unit", [PEEPHOLE_LSTM, GRU_BEFORE], ids=lambda unit: unit.name
)
def test_semeniuta_draws_at_every_step(unit):
    drawn = kept(dropping(unit, "semeniuta"))
    error = np.sqrt(RATE * (1 - RATE) / drawn.size)
    assert abs(np.mean(drawn) - (1 - RATE)) < 4 * error
    # Two neighbouring steps are both kept as often as two that are drawn alone.
    both = np.mean(drawn[:, 1:] & drawn[:, :-1])
    assert abs(both - (1 - RATE) ** 2) < 4 * np.sqrt(3 * both * (1 - both) / drawn.size)


def test_moon_draws_once_for_a_sequence():
    drawn = kept(dropping(PEEPHOLE_LSTM, "moon"))
    np.testing.assert_array_equal(drawn, np.broadcast_to(drawn[:, :1], drawn.shape))
    assert abs(np.mean(drawn) - (1 - RATE)) < 4 * np.sqrt(RATE * (1 - RATE) / 240)


def test_seed_and_zoneout_beside_it():
    def outputs(seed):
        layer = dropping(PEEPHOLE_LSTM, "semeniuta", zoneout=0.3, seed=seed)
        randomise(layer, FEATURES)
        return keras.ops.convert_to_numpy(
            layer(normal(BATCH, TIME, FEATURES), training=True)
        )

    np.testing.assert_array_equal(outputs(1), outputs(1))
    assert np.any(outputs(1) != outputs(2))


@pytest.mark.parametrize("form", ["semeniuta", "moon"])
def test_without_dropout_the_form_has_no_effect(form):
    plain = randomise(PeepholeLSTM(SIZE), FEATURES)
    layer = PeepholeLSTM(SIZE, recurrent_dropout_form=form)
    layer = randomise(layer, FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(layer(x, training=True)),
        keras.ops.convert_to_numpy(plain(x)),
    )
    assert layer.recurrence == plain.recurrence


@pytest.mark.parametrize(
    ("layer", "form", "known"),
    [
        (SimpleRNN, "semeniuta", "'gal'"),
        (SimpleRNN, "moon", "'gal'"),
        (GRU, "moon", "'gal' or 'semeniuta'"),
        (PeepholeLSTM, "bayes", "'gal' or 'semeniuta' or 'moon'"),
    ],
)
def test_a_form_that_the_unit_has_not(layer, form, known):
    with pytest.raises(ValueError, match=f"of the form {known}. Rec.*_form='{form}'"):
        layer(SIZE, recurrent_dropout_form=form)


def test_a_cell_says_so_when_it_is_built():
    cell = GRUCell(SIZE, recurrent_dropout_form="moon")
    with pytest.raises(ValueError, match="'gal' or 'semeniuta'"):
        keras.layers.RNN(cell)(normal(BATCH, TIME, FEATURES))
