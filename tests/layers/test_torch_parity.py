"""With permuted weights our layers are those of `torch.nn`, on every backend."""

import keras
import numpy as np
import pytest

from tests import needs
from tests.units import GRU_AFTER, PLAIN_LSTM, TANH

torch = needs.package("torch")

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4

# Where our gates i, f, c, o and z, r, h are among torch's i, f, g, o and r, z, n.
PEERS = {
    "lstm": (PLAIN_LSTM, torch.nn.LSTM, [0, 1, 2, 3]),
    "gru": (GRU_AFTER, torch.nn.GRU, [1, 0, 2]),
    "tanh": (TANH, torch.nn.RNN, [0]),
}


@pytest.fixture(params=PEERS)
def peers(request):
    return PEERS[request.param]


def permuted(parameter, gates):
    """A weight of torch `(gates * units, ...)` in our order of the gates."""
    blocks = np.split(parameter.detach().numpy(), len(gates))
    return np.concatenate([blocks[gate] for gate in gates])


def weights_for(unit, module, gates, suffix="l0"):
    """The weights of one layer and direction of `module`, as `unit` wants them."""
    kernel, recurrent_kernel, bias, recurrent_bias = (
        permuted(getattr(module, f"{name}_{suffix}"), gates)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    both_biases = np.stack([bias, recurrent_bias])
    merged = both_biases if unit is GRU_AFTER else both_biases.sum(axis=0)
    return [kernel.T, recurrent_kernel.T, merged]


def make_module(torch_layer, **arguments):
    module = torch_layer(FEATURES, SIZE, batch_first=True, **arguments)
    generator = torch.Generator().manual_seed(1)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.7, generator=generator)
    return module


def run_module(module, x, states):
    """Outputs `(batch, time, ...)` and final states, each `(layers, batch, units)`."""
    states = tuple(torch.from_numpy(state) for state in states)
    with torch.no_grad():
        outputs, final = module(
            torch.from_numpy(x), states if len(states) > 1 else states[0]
        )
    final = final if isinstance(final, tuple) else (final,)
    return outputs.numpy(), [state.numpy() for state in final]


def make_inputs(unit, layers):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    states = rng.normal(size=(unit.states, layers, BATCH, SIZE)).astype("float32")
    return x, list(states)


def assert_close(found, expected):
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(found), expected, rtol=1e-5, atol=2e-6
    )


def test_one_layer(peers):
    unit, torch_layer, gates = peers
    module = make_module(torch_layer)
    x, states = make_inputs(unit, layers=1)
    expected, expected_states = run_module(module, x, states)

    layer = unit.make(SIZE, return_sequences=True, return_state=True)
    layer.build(x.shape)
    layer.set_weights(weights_for(unit, module, gates))
    outputs, *final = layer(x, initial_state=[state[0] for state in states])
    assert_close(outputs, expected)
    for found, state in zip(final, expected_states, strict=True):
        assert_close(found, state[0])


def test_two_bidirectional_layers(peers):
    unit, torch_layer, gates = peers
    module = make_module(torch_layer, num_layers=2, bidirectional=True)
    x, states = make_inputs(unit, layers=4)
    expected, expected_states = run_module(module, x, states)

    outputs = x
    for depth in range(2):
        layer = keras.layers.Bidirectional(
            unit.make(SIZE, return_sequences=True, return_state=True)
        )
        layer.build(outputs.shape)
        layer.set_weights(
            weights_for(unit, module, gates, f"l{depth}")
            + weights_for(unit, module, gates, f"l{depth}_reverse")
        )
        forward, backward = 2 * depth, 2 * depth + 1
        outputs, *final = layer(
            outputs,
            initial_state=[state[forward] for state in states]
            + [state[backward] for state in states],
        )
        forward_states = [state[forward] for state in expected_states]
        backward_states = [state[backward] for state in expected_states]
        for found, state in zip(final, forward_states + backward_states, strict=True):
            assert_close(found, state)
    assert_close(outputs, expected)


def test_two_layers_in_one_loop(peers):
    """Cells stacked in `keras.layers.RNN` are the layers of a deep torch module."""
    unit, torch_layer, gates = peers
    module = make_module(torch_layer, num_layers=2)
    x, states = make_inputs(unit, layers=2)
    expected, expected_states = run_module(module, x, states)

    layer = keras.layers.RNN(
        [unit.make_cell(SIZE), unit.make_cell(SIZE)],
        return_sequences=True,
        return_state=True,
    )
    layer.build(x.shape)
    layer.set_weights(
        weights_for(unit, module, gates, "l0") + weights_for(unit, module, gates, "l1")
    )
    outputs, *final = layer(
        x, initial_state=[[state[depth] for state in states] for depth in range(2)]
    )
    assert_close(outputs, expected)
    for depth in range(2):
        for found, state in zip(final[depth], expected_states, strict=True):
            assert_close(found, state[depth])
