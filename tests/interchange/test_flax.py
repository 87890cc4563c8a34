"""Parameters from and to real flax cells give their outputs."""

import numpy as np
import pytest

from keras_gated.interchange import from_flax, to_flax
from keras_gated.layers import SimpleRNN
from tests import needs
from tests.interchange.peers import (
    FEATURES,
    PLAIN,
    SIZE,
    UNLIKE,
    assert_close,
    assert_same_weights,
    inputs,
    make,
    outputs_of,
)

jax = needs.package("jax")
flax = needs.package("flax")

LINEN = ["LSTMCell", "OptimizedLSTMCell", "GRUCell", "SimpleCell"]


def randomised(tree):
    rng = np.random.default_rng(2)
    return jax.tree.map(lambda leaf: rng.normal(0, 0.7, leaf.shape), tree)


def run_linen(name, params, x):
    cell = getattr(flax.linen, name)(SIZE)
    model = flax.linen.RNN(cell)
    return np.asarray(model.apply({"params": {"cell": params}}, x))


@pytest.mark.parametrize("name", LINEN)
def test_from_linen_gives_the_outputs_of_the_cell(name):
    cell = getattr(flax.linen, name)(SIZE)
    x = inputs()
    carry = cell.initialize_carry(jax.random.key(0), x[:, 0].shape)
    variables = randomised(cell.init(jax.random.key(0), carry, x[:, 0]))
    layer = from_flax(variables, return_sequences=True)
    expected = run_linen(name, variables["params"], x)
    assert_close(outputs_of(layer, x), expected)


@pytest.mark.parametrize("name", LINEN)
def test_from_nnx_gives_the_outputs_of_the_cell(name):
    from flax import nnx

    cell = getattr(nnx, name)(FEATURES, SIZE, rngs=nnx.Rngs(0))
    nnx.update(cell, randomised(nnx.state(cell)))
    layer = from_flax(nnx.to_pure_dict(nnx.state(cell)), return_sequences=True)
    expected = nnx.RNN(cell)(inputs())
    assert_close(outputs_of(layer, inputs()), np.asarray(expected))


@pytest.mark.parametrize(("layer_class", "arguments"), PLAIN)
def test_to_flax_gives_the_outputs_of_the_layer_and_back(layer_class, arguments):
    layer = make(layer_class, **arguments)
    params = to_flax(layer)
    cells = {"PeepholeLSTM": LINEN[:2], "GRU": LINEN[2:3], "SimpleRNN": LINEN[3:]}
    for name in cells[layer_class.__name__]:
        found = run_linen(name, params, inputs())
        assert_close(found, outputs_of(layer, inputs()))
    back = from_flax(params, return_sequences=True)
    assert_close(outputs_of(back, inputs()), outputs_of(layer, inputs()))
    if layer_class.__name__ != "GRU":  # whose gates' two biases are now one
        assert_same_weights(back, layer)


@pytest.mark.parametrize(("layer_class", "arguments", "message"), UNLIKE)
def test_other_equations_are_refused(layer_class, arguments, message):
    with pytest.raises(ValueError, match=message):
        to_flax(make(layer_class, **arguments))


def test_a_layer_without_bias_is_refused():
    with pytest.raises(ValueError, match="SimpleCell adds a bias"):
        to_flax(make(SimpleRNN, use_bias=False))


@pytest.mark.parametrize("params", [[1, 2], None, {"params": np.zeros(2)}])
def test_what_is_no_dictionary_is_refused(params):
    with pytest.raises(ValueError, match="nested dictionary"):
        from_flax(params)


def test_other_parameters_are_refused():
    with pytest.raises(ValueError, match=r"\['bias', 'kernel'\]"):
        from_flax({"params": {"kernel": np.zeros((2, 2)), "bias": np.zeros(2)}})
    fused = {"dense_i": {"kernel": np.zeros((3, 8))}}
    with pytest.raises(ValueError, match=r"\(4, 8\)"):
        from_flax({**fused, "dense_h": {"kernel": np.zeros((4, 8))}})


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({}, "has no kernel"),
        (np.zeros((3, 4)), "has no kernel"),
        ({"kernel": np.zeros(4)}, r"a kernel of shape \(4,\)"),
        ({"kernel": np.zeros((0, 4))}, r"a kernel of shape \(0, 4\)"),
        ({"kernel": np.zeros((3, 4)), "bias": np.zeros(3)}, r"a bias of shape \(3,\)"),
        ({"kernel": np.zeros((3, 5))}, "biases of different shapes"),
    ],
)
def test_parts_of_other_shapes_are_refused(inputs, reason):
    with pytest.raises(ValueError, match=reason):
        from_flax({"i": inputs, "h": {"kernel": np.zeros((4, 4))}})
