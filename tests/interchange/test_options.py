"""Each option of the conversions on each unit that has it, not on one of them only."""

import keras
import numpy as np
import pytest

from keras_gated.interchange import (
    from_flax,
    from_keras,
    from_onnx,
    from_torch,
    to_flax,
    to_keras,
    to_onnx,
    to_torch,
)
from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN
from tests.interchange.peers import (
    FEATURES,
    GRU_AFTER,
    PLAIN_LSTM,
    SIZE,
    assert_close,
    assert_same_weights,
    inputs,
    outputs_of,
)
from tests.interchange.test_onnx import model_of, run
from tests.units import random_weights

onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")

pytestmark = pytest.mark.once

UNITS = {
    "peepholes": (PeepholeLSTM, {}),
    "lstm": PLAIN_LSTM,
    "gru": (GRU, {}),
    "gru reset after": GRU_AFTER,
    "tanh": (SimpleRNN, {}),
}
IN_ALL = ("lstm", "gru reset after", "tanh")
"""The units whose equations Keras, torch and flax have, too."""

each_unit = pytest.mark.parametrize("unit", UNITS)
each_shared_unit = pytest.mark.parametrize("unit", IN_ALL)
each_node = pytest.mark.parametrize(
    ("node", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)]
)


def make(unit, batch=None, **changes):
    layer_class, arguments = UNITS[unit]
    layer = layer_class(SIZE, **{"return_sequences": True, **arguments, **changes})
    layer.build((batch, None, FEATURES))
    layer.set_weights(random_weights(layer))
    return layer


def has_gates(unit):
    return unit != "tanh"


@each_unit
@pytest.mark.parametrize(
    "option",
    [
        {"use_bias": False},
        {"activation": "relu"},
        {"activation": "sigmoid"},
        {"recurrent_activation": "tanh"},
        {"return_sequences": False},
    ],
    ids=str,
)
def test_onnx(unit, option):
    if "recurrent_activation" in option and not has_gates(unit):
        pytest.skip("has no gates")
    layer = make(unit, **option)
    model = to_onnx(layer)
    assert_close(run(model, inputs()), outputs_of(layer, inputs()))
    back = from_onnx(model, return_sequences=layer.return_sequences)
    assert_same_weights(back, layer)
    assert_close(outputs_of(back, inputs()), outputs_of(layer, inputs()))


@each_unit
@pytest.mark.parametrize(
    "option",
    [{"go_backwards": True}, {"return_state": True}, {"zoneout": 0.25}],
    ids=str,
)
def test_onnx_refuses(unit, option):
    ((name, value),) = option.items()
    with pytest.raises(ValueError, match=f"has {name}={value}"):
        to_onnx(make(unit, **option))


@each_unit
def test_onnx_refuses_states_that_are_carried(unit):
    with pytest.raises(ValueError, match="has stateful=True"):
        to_onnx(make(unit, batch=2, stateful=True))


@each_unit
def test_onnx_refuses_other_activations(unit):
    with pytest.raises(ValueError, match="has the activation 'elu'"):
        to_onnx(make(unit, activation="elu"))
    if has_gates(unit):
        with pytest.raises(ValueError, match="has the activation 'hard_sigmoid'"):
            to_onnx(make(unit, recurrent_activation="hard_sigmoid"))


def node_of(node, gates, directions=1, **attributes):
    rng = np.random.default_rng(9)
    rows = gates * SIZE
    tensors = {
        "W": rng.normal(0, 0.7, (directions, rows, FEATURES)),
        "R": rng.normal(0, 0.7, (directions, rows, SIZE)),
    }
    made = onnx.helper.make_node(
        node, ["X", *tensors], ["outputs"], hidden_size=SIZE, **attributes
    )
    return model_of(made, tensors)


@each_node
def test_a_node_that_runs_backwards(node, gates):
    import onnxruntime

    model = node_of(node, gates, direction="reverse")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (found,) = session.run(None, {"X": inputs().swapaxes(0, 1)})
    layer = from_onnx(model, reverse=True, return_sequences=True, go_backwards=True)
    expected = found[:, 0].swapaxes(0, 1)
    assert_close(outputs_of(layer, inputs())[:, ::-1], expected)
    with pytest.raises(ValueError, match=r"'reverse' alone\. Pass reverse=True"):
        from_onnx(model)
    with pytest.raises(ValueError, match=r"'forward' alone\. Pass reverse=False"):
        from_onnx(node_of(node, gates), reverse=True)


@each_node
def test_activations_of_the_second_direction(node, gates):
    """Those of a node are listed for one direction after the other."""
    ahead, back = ["Sigmoid"] * (gates > 1), ["Tanh"] * (gates > 1)
    several = 2 if node == "LSTM" else 1
    names = [*ahead, *["Relu"] * several, *back, *["Sigmoid"] * several]
    model = node_of(
        node, gates, directions=2, direction="bidirectional", activations=names
    )
    for reverse, candidate, gate in (
        (False, "relu", "sigmoid"),
        (True, "sigmoid", "tanh"),
    ):
        cell = from_onnx(model, reverse=reverse).cell
        assert cell.activation is keras.activations.get(candidate)
        if gates > 1:
            assert cell.recurrent_activation is keras.activations.get(gate)


@each_node
def test_a_node_that_clips(node, gates):
    with pytest.raises(ValueError, match=r"clips .* 2\.5"):
        from_onnx(node_of(node, gates, clip=2.5))


@each_shared_unit
@pytest.mark.parametrize("source", ["onnx", "torch", "state", "flax"])
def test_further_arguments_reach_the_layer(unit, source):
    layer = make(unit)
    read, given = {
        "onnx": (from_onnx, lambda: to_onnx(layer)),
        "torch": (from_torch, lambda: to_torch(layer)),
        "state": (from_torch, lambda: to_torch(layer).state_dict()),
        "flax": (from_flax, lambda: to_flax(layer)),
    }[source]
    arguments = {
        "name": "mine",
        "return_sequences": True,
        "return_state": True,
        "go_backwards": True,
        "zero_output_for_mask": True,
        "dropout": 0.25,
        "recurrent_dropout": 0.5,
        "checkpoint_steps": 3,
        "trainable": False,
    }
    config = read(given(), **arguments).get_config()
    assert {name: config[name] for name in arguments} == arguments
    plain = read(given()).get_config()
    assert not any(plain[name] for name in ("return_sequences", "go_backwards"))
    assert plain["trainable"] and not plain["dropout"]


@each_shared_unit
def test_a_part_of_a_state_dict(unit):
    """The second layer, backwards, of a module with a prefix: not the first of all."""
    name = {"lstm": "LSTM", "gru reset after": "GRU", "tanh": "RNN"}[unit]
    module = getattr(torch.nn, name)(FEATURES, SIZE, 2, bidirectional=True)
    state = {f"deep.rnn.{key}": value for key, value in module.state_dict().items()}
    found = from_torch(state, layer=1, reverse=True, prefix="deep.rnn.")
    single = getattr(torch.nn, name)(2 * SIZE, SIZE)
    suffix = "_l1_reverse"
    single.load_state_dict(
        {
            key.replace(suffix, "_l0"): value
            for key, value in module.state_dict().items()
            if key.endswith(suffix)
        }
    )
    assert_same_weights(found, from_torch(single))
    for wrong in ({"layer": 2}, {"prefix": "rnn."}):
        with pytest.raises(ValueError, match="no weight_ih"):
            from_torch(state, **{"layer": 1, "prefix": "deep.rnn.", **wrong})


@each_shared_unit
@pytest.mark.parametrize("convert", [to_torch, to_flax])
def test_what_torch_and_flax_lack_is_refused(unit, convert):
    with pytest.raises(ValueError, match=r"zoneout=0\.25"):
        convert(make(unit, zoneout=0.25))
    with pytest.raises(ValueError, match="computes with activation=tanh"):
        convert(make(unit, activation="elu"))
    if has_gates(unit):
        with pytest.raises(ValueError, match="recurrent_activation=sigmoid"):
            convert(make(unit, recurrent_activation="tanh"))


@each_shared_unit
def test_what_one_of_them_lacks_is_refused(unit):
    with pytest.raises(ValueError, match="with go_backwards=True"):
        to_torch(make(unit, go_backwards=True))
    with pytest.raises(ValueError, match="with use_bias=False"):
        to_flax(make(unit, use_bias=False))


@pytest.mark.parametrize("unit", ["lstm", "gru", "gru reset after", "tanh"])
@pytest.mark.parametrize(
    "option",
    [
        {"go_backwards": True, "return_state": True},
        {"activation": "relu", "use_bias": False},
        {"recurrent_activation": "hard_sigmoid"},
        {"dropout": 0.25, "recurrent_dropout": 0.5},
        {"zero_output_for_mask": True, "unroll": True},
        {"kernel_regularizer": "l2", "recurrent_constraint": "unit_norm"},
        {"name": "mine", "trainable": False},
    ],
    ids=str,
)
def test_keras(unit, option):
    if "recurrent_activation" in option and not has_gates(unit):
        pytest.skip("has no gates")
    layer = make(unit, **option)
    theirs = to_keras(layer)
    found = theirs.get_config()
    assert {name: found[name] for name in layer.get_config() if name in found} == {
        name: value for name, value in layer.get_config().items() if name in found
    }
    back = from_keras(theirs)
    assert back.get_config() == layer.get_config()
    assert_same_weights(back, layer)


@pytest.mark.parametrize("unit", ["lstm", "gru", "gru reset after", "tanh"])
def test_keras_takes_the_states_over(unit):
    layer = make(unit, batch=2, stateful=True)
    layer(inputs())
    theirs = to_keras(layer)
    back = from_keras(theirs)
    expected = outputs_of(layer, inputs(seed=4))
    assert_close(outputs_of(theirs, inputs(seed=4)), expected)
    assert_close(outputs_of(back, inputs(seed=4)), expected)


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_what_keras_lacks_is_refused(unit):
    with pytest.raises(ValueError, match=r"zoneout=0\.25"):
        to_keras(make(unit, zoneout=0.25))
    if not has_gates(unit):
        return
    with pytest.raises(ValueError, match="form 'semeniuta'"):
        to_keras(make(unit, recurrent_dropout=0.5, recurrent_dropout_form="semeniuta"))
