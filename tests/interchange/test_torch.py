"""Weights from and to real `torch.nn` modules give their outputs."""

import keras
import numpy as np
import pytest

from keras_gated.interchange import from_torch, to_torch
from keras_gated.layers import GRU, SimpleRNN, WeightNoise
from tests import needs
from tests.interchange.peers import (
    FEATURES,
    GRU_AFTER,
    PLAIN,
    SIZE,
    UNLIKE,
    assert_close,
    assert_same_weights,
    inputs,
    make,
    outputs_of,
)

torch = needs.package("torch")

MODULES = ["LSTM", "GRU", "RNN"]


def make_module(name, **arguments):
    module = getattr(torch.nn, name)(FEATURES, SIZE, batch_first=True, **arguments)
    generator = torch.Generator().manual_seed(1)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.7, generator=generator)
    return module


def run(module, x):
    with torch.no_grad():
        return module(torch.from_numpy(x))[0].numpy()


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("bias", [True, False])
def test_from_torch_gives_the_outputs_of_the_module(name, bias):
    module = make_module(name, bias=bias)
    layer = from_torch(module, return_sequences=True)
    assert layer.cell.use_bias is bias
    assert_close(outputs_of(layer, inputs()), run(module, inputs()))


@pytest.mark.parametrize("name", MODULES)
def test_one_layer_and_direction_of_a_deep_module(name):
    module = make_module(name, num_layers=2, bidirectional=True)
    x = inputs()
    for depth in range(2):
        ahead = from_torch(module, layer=depth, return_sequences=True)
        back = from_torch(
            module, layer=depth, reverse=True, return_sequences=True, go_backwards=True
        )
        x = np.concatenate([outputs_of(ahead, x), outputs_of(back, x)[:, ::-1]], -1)
    assert_close(x, run(module, inputs()))


def test_a_state_dict_of_arrays_of_a_larger_model():
    module = make_module("GRU")
    state = {f"encoder.{name}": v.numpy() for name, v in module.state_dict().items()}
    layer = from_torch(state, prefix="encoder.", return_sequences=True)
    assert_close(outputs_of(layer, inputs()), run(module, inputs()))


def test_a_module_of_relus():
    module = make_module("RNN", nonlinearity="relu")
    layer = from_torch(module, return_sequences=True)
    assert_close(outputs_of(layer, inputs()), run(module, inputs()))
    assert to_torch(layer).nonlinearity == "relu"
    from_state = from_torch(
        module.state_dict(), activation="relu", return_sequences=True
    )
    assert_close(outputs_of(from_state, inputs()), run(module, inputs()))


def test_a_module_in_bfloat16():
    module = make_module("LSTM").bfloat16()
    layer = from_torch(module, return_sequences=True)
    assert_close(outputs_of(layer, inputs()), run(module.float(), inputs()))


@pytest.mark.parametrize(("layer_class", "arguments"), PLAIN)
@pytest.mark.parametrize("use_bias", [True, False])
def test_to_torch_gives_the_outputs_of_the_layer_and_back(
    layer_class, arguments, use_bias
):
    layer = make(layer_class, use_bias=use_bias, **arguments)
    module = to_torch(layer)
    assert_close(run(module, inputs()), outputs_of(layer, inputs()))
    assert_same_weights(from_torch(module), layer)


def test_to_torch_takes_layers_of_keras_and_noisy_ones():
    layer = make(keras.layers.LSTM)
    assert_close(run(to_torch(layer), inputs()), outputs_of(layer, inputs()))
    layer_class, arguments = GRU_AFTER
    noisy = WeightNoise(make(layer_class, **arguments))
    assert_close(run(to_torch(noisy), inputs()), outputs_of(noisy.layer, inputs()))


def test_double_precision_stays(float64):
    module = to_torch(make(SimpleRNN))
    assert module.weight_hh_l0.dtype == torch.float64


@pytest.mark.parametrize(("layer_class", "arguments", "message"), UNLIKE)
def test_other_equations_are_refused(layer_class, arguments, message):
    with pytest.raises(ValueError, match=message):
        to_torch(make(layer_class, **arguments))


def test_backward_layers_are_refused():
    with pytest.raises(ValueError, match="go_backwards"):
        to_torch(make(SimpleRNN, go_backwards=True))


def test_projections_are_refused():
    with pytest.raises(ValueError, match="proj_size"):
        from_torch(make_module("LSTM", proj_size=2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("weight_hh_l0"), "no weight_hh"),
        (lambda state: state.pop("bias_hh_l0"), "no bias_hh"),
        (
            lambda state: state.update(weight_hh_l0=np.zeros((2 * SIZE, SIZE))),
            r"\(8, 4\)",
        ),
    ],
)
def test_incomplete_weights_are_refused(change, message):
    state = dict(make_module("GRU").state_dict())
    change(state)
    with pytest.raises(ValueError, match=message):
        from_torch(state)


def test_what_is_no_module_is_refused():
    with pytest.raises(ValueError, match="Received: a list"):
        from_torch([np.zeros((4, 3))])


def test_what_is_no_recurrent_layer_is_refused():
    with pytest.raises(ValueError, match="no weight_ih and no weight_hh"):
        from_torch(torch.nn.Linear(2, 2))
    with pytest.raises(ValueError, match="Dense"):
        to_torch(keras.layers.Dense(2))
    with pytest.raises(ValueError, match=r"build\(\(None, None, features\)\)"):
        to_torch(GRU(3, reset_after=True))


@pytest.mark.parametrize(
    "shapes", [((8, 3), (8,)), ((8,), (8, 2)), ((6, 3), (8, 2)), ((0, 3), (0, 2))]
)
def test_weights_of_other_shapes_are_refused(shapes):
    inputs, states = (np.zeros(shape, "float32") for shape in shapes)
    with pytest.raises(ValueError, match="have the shapes"):
        from_torch({"weight_ih_l0": inputs, "weight_hh_l0": states})
