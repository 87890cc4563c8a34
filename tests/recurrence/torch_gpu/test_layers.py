"""Layers over the loops for GPUs, which Triton interprets."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, MGU, PeepholeLSTM, SimpleRNN
from keras_gated.recurrence.experimental import SWITCH, gpu_loops_enabled
from tests.gradients import outcome
from tests.units import PEEPHOLE_LSTM, UNITS, normal, own_tanh, randomise, weights_of

pytestmark = pytest.mark.once

SIZE, FEATURES = 3, 2
MASK = np.array([[1, 1, 0, 1], [0, 1, 1, 0]], bool)


def compare(unit, mask=MASK, **arguments):
    """With the generic loop: outputs, states and all gradients."""
    arguments = {"return_sequences": True, "return_state": True, **arguments}
    fast = randomise(unit.make(SIZE, **arguments), FEATURES)
    assert fast.recurrence.name == "gpu"
    arguments.pop("checkpoint_steps", None)
    generic = randomise(unit.make(SIZE, activation=own_tanh, **arguments), FEATURES)
    assert generic.recurrence.name == "generic"
    x, weights = normal(2, 4, FEATURES), weights_of(fast)
    states = [normal(2, SIZE, seed=seed) for seed in range(unit.states)]
    upstream = [normal(2, 4, SIZE), *states]
    found = outcome(fast, x, states, weights, mask, upstream)
    expected = outcome(generic, x, states, weights, mask, upstream)
    (value, gradients), (exact, exact_gradients) = found, expected
    pairs = zip((value, *gradients), (exact, *exact_gradients), strict=True)
    for one, other in pairs:
        scale = max(1, np.abs(other).max())
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5 * scale)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_masks_states_and_gradients(unit, interpreted):
    compare(unit)


@pytest.mark.parametrize(
    "arguments",
    [
        {"go_backwards": True, "zero_output_for_mask": True},
        {"use_bias": False},
        {"checkpoint_steps": 3},
    ],
    ids=lambda arguments: next(iter(arguments)),
)
def test_what_a_layer_can_be_asked(arguments, interpreted):
    compare(PEEPHOLE_LSTM, **arguments)


def test_both_directions_of_a_model_that_learns(interpreted):
    model = keras.Sequential(
        [
            keras.layers.Bidirectional(GRU(2, recurrent_dropout=0.3)),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    x, y = normal(4, 3, 2), normal(4, 1)
    losses = model.fit(x, y, epochs=2, verbose=0).history["loss"]
    assert losses[1] != losses[0]
    assert np.isfinite(losses).all()


def test_second_derivatives(interpreted):
    import torch

    def slopes(layer):
        x = torch.tensor(normal(2, 3, FEATURES), requires_grad=True)
        (slope,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
        slope.sum().backward()
        return x.grad

    fast, generic = (
        randomise(SimpleRNN(SIZE, activation=activation), FEATURES)
        for activation in ("tanh", own_tanh)
    )
    torch.testing.assert_close(slopes(fast), slopes(generic), rtol=1e-4, atol=1e-4)


def test_layers_say_what_they_take_and_why(interpreted, monkeypatch):
    path = PeepholeLSTM(3).recurrence
    assert path.name == "gpu"
    assert path.is_hand_written
    assert f"{SWITCH}=1 asks for the experimental loops for GPUs" in path.reason
    path = PeepholeLSTM(3, dtype="float64").recurrence
    assert path.name == "hand-written"
    assert "GPUs compute in float32 and bfloat16, not float64" in path.reason
    assert "no loop for GPUs for MGU" in MGU(3).recurrence.reason
    moon = PeepholeLSTM(3, recurrent_dropout=0.5, recurrent_dropout_form="moon")
    assert "its plain form only" in moon.recurrence.reason


@pytest.mark.parametrize("value", [None, "0", "yes"])
def test_they_are_off_unless_they_are_asked_for(value, interpreted, monkeypatch):
    monkeypatch.delenv(SWITCH)
    if value is not None:
        monkeypatch.setenv(SWITCH, value)
    assert not gpu_loops_enabled()
    path = PeepholeLSTM(3).recurrence
    assert path.name != "gpu"
    assert "GPU" not in path.reason


def test_without_a_card_the_reason_says_so(interpreted, monkeypatch):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    monkeypatch.delenv("TRITON_INTERPRET")
    monkeypatch.setenv("KERAS_GATED_NATIVE", "0")
    path = PeepholeLSTM(3).recurrence
    assert path.name == "hand-written"
    assert "PyTorch sees no GPU" in path.reason
