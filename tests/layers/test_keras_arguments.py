"""What Keras' recurrent layers and cells take and show, ours take and show, too."""

import inspect

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    GRU,
    MUT1,
    GRUCell,
    LayerNormLSTM,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    SimpleRNNCell,
)
from tests.units import normal, randomise

LAYERS = {
    SimpleRNN: keras.layers.SimpleRNN,
    GRU: keras.layers.GRU,
    PeepholeLSTM: keras.layers.LSTM,
}
CELLS = {
    SimpleRNNCell: keras.layers.SimpleRNNCell,
    GRUCell: keras.layers.GRUCell,
    PeepholeLSTMCell: keras.layers.LSTMCell,
}
peers = pytest.mark.parametrize(
    ("ours", "theirs"), [*LAYERS.items(), *CELLS.items()], ids=lambda c: c.__name__
)
layer_peers = pytest.mark.parametrize(
    ("ours", "theirs"), LAYERS.items(), ids=lambda c: c.__name__
)
each_layer = pytest.mark.parametrize("layer", [*LAYERS, MUT1, LayerNormLSTM])

SIZE, FEATURES = 4, 2


def named_arguments(peer):
    parameters = inspect.signature(peer).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}


def other_settings(layer, peer):
    """The names of those in the config of the peer that are others in the layer's."""
    found, expected = layer.get_config(), peer.get_config()
    names = set(expected) - {"name", "cell"}
    return {name for name in names if found.get(name) != expected[name]}


@pytest.mark.once
@peers
def test_every_argument_is_taken_by_its_name(ours, theirs):
    arguments = {**named_arguments(theirs), "units": SIZE}
    layer = ours(**arguments)
    assert other_settings(layer, theirs(**arguments)) == set()


@pytest.mark.once
@peers
def test_every_argument_has_its_default(ours, theirs):
    assert other_settings(ours(SIZE), theirs(SIZE)) <= {"reset_after"}


@pytest.mark.once
@layer_peers
def test_every_argument_is_taken_in_its_place(ours, theirs):
    wanted = list(named_arguments(theirs))
    assert list(named_arguments(ours))[: len(wanted)] == wanted


@pytest.mark.once
@pytest.mark.parametrize("cell", [GRUCell, PeepholeLSTMCell])
def test_arguments_of_cells_are_taken_in_their_places(cell):
    made = cell(SIZE, "relu", "hard_sigmoid", False)
    assert made.activation is keras.activations.relu
    assert made.recurrent_activation is keras.activations.hard_sigmoid
    assert not made.use_bias


@pytest.mark.once
def test_the_forget_bias_of_a_cell_is_taken_in_its_place():
    cell = PeepholeLSTMCell(SIZE, "tanh", "sigmoid", True, "zeros", "zeros", "zeros", 2)
    assert cell.unit_forget_bias == 2.0


@pytest.mark.once
@layer_peers
def test_every_attribute_is_there(ours, theirs):
    settings = {"dropout": 0.1, "recurrent_dropout": 0.2, "kernel_regularizer": "l2"}
    layer, peer = ours(SIZE, **settings), theirs(SIZE, **settings)
    names = {name for name, kind in vars(theirs).items() if isinstance(kind, property)}
    names |= {"state_size", "stateful", "unroll", "states", "return_sequences"}
    names |= {"return_state", "go_backwards", "zero_output_for_mask"}
    assert "kernel_constraint" in names
    if hasattr(peer, "use_cudnn"):
        names.add("use_cudnn")
    for name in names - {"reset_after"}:
        found, expected = getattr(layer, name), getattr(peer, name)
        plain = isinstance(expected, (int, float, str, list, type(None)))
        assert found == expected if plain else type(found) is type(expected), name
    assert hasattr(layer, "reset_after") == hasattr(peer, "reset_after")
    assert hasattr(layer, "use_cudnn") == hasattr(peer, "use_cudnn")
    assert callable(layer.reset_state) and callable(layer.reset_states)


@each_layer
def test_unrolled_it_is_the_same_loop(layer):
    rolled = randomise(layer(SIZE, return_sequences=True), FEATURES)
    unrolled = layer(SIZE, return_sequences=True, unroll=True)
    unrolled.build((None, 3, FEATURES))
    unrolled.set_weights(rolled.get_weights())
    x = normal(2, 3, FEATURES)
    found, expected = (keras.ops.convert_to_numpy(f(x)) for f in (unrolled, rolled))
    np.testing.assert_array_equal(found, expected)
    assert unrolled.recurrence == rolled.recurrence
    assert type(unrolled).from_config(unrolled.get_config()).unroll


@pytest.mark.once
@pytest.mark.parametrize("make", [*LAYERS, *CELLS, MUT1, LayerNormLSTM])
@pytest.mark.parametrize("implementation", [0, 1, 2])
def test_implementation_changes_nothing(make, implementation):
    made = make(SIZE, implementation=implementation, name="it")
    assert made.get_config() == make(SIZE, name="it").get_config()
    config = {**made.get_config(), "implementation": implementation}
    assert make.from_config(config).get_config() == made.get_config()


@pytest.mark.once
@pytest.mark.parametrize("make", [*LAYERS, *CELLS])
def test_another_implementation_is_refused(make):
    message = f"{make.__name__} needs 0, 1 or 2 for implementation.*=3"
    with pytest.raises(ValueError, match=message):
        make(SIZE, implementation=3)


@pytest.mark.once
@pytest.mark.parametrize("layer", [GRU, PeepholeLSTM])
def test_cudnn(layer):
    for use_cudnn in ("auto", False, True):
        assert layer(SIZE, use_cudnn=use_cudnn).use_cudnn == use_cudnn
        both = keras.layers.Bidirectional(layer(SIZE, use_cudnn=use_cudnn))
        assert both.backward_layer.use_cudnn == use_cudnn
    with pytest.raises(ValueError, match=f"{layer.__name__}.*use_cudnn=True.*cuDNN"):
        layer(SIZE, use_cudnn=True)(normal(2, 3, FEATURES))
    with pytest.raises(ValueError, match="use_cudnn='never'"):
        layer(SIZE, use_cudnn="never")


@pytest.mark.once
@each_layer
@pytest.mark.parametrize("argument", ["time_major", "dynamic", "weights", "unrolled"])
def test_other_arguments_are_refused_by_name(layer, argument):
    with pytest.raises(ValueError, match=f"{layer.__name__}.*'{argument}'"):
        layer.from_config({**layer(SIZE).get_config(), argument: False})


@pytest.mark.once
@each_layer
def test_the_shape_of_the_inputs_may_be_given(layer):
    with pytest.warns(UserWarning, match="input_shape"):
        model = keras.Sequential([layer(SIZE, input_shape=(None, FEATURES))])
    assert model.output_shape == (None, SIZE)
