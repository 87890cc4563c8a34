"""Layers whose cell is a graph: those of known cells are these cells."""

from functools import partial

import keras
import numpy as np
import pytest

from keras_gated.graphs import KNOWN_CELLS, CellGraph, Node, mutate
from keras_gated.layers import (
    GRU,
    MUT1,
    MUT2,
    MUT3,
    GraphCell,
    GraphRNN,
    PeepholeLSTM,
    SimpleRNN,
)
from tests.units import normal, randomise

SIZE = 4
LAYERS = {
    "tanh": SimpleRNN,
    "lstm": partial(PeepholeLSTM, use_peepholes=False),
    "gru": GRU,
    "mut1": MUT1,
    "mut2": MUT2,
    "mut3": MUT3,
}

MASK = np.array([[1, 1, 0, 1, 1], [1, 0, 0, 0, 1], [0, 1, 1, 1, 0]], bool)


def pair(name, features=3, **arguments):
    """A layer of ours and the graph of its cell, with the same weights."""
    ours = randomise(LAYERS[name](SIZE, **arguments), features)
    graph = GraphRNN(SIZE, KNOWN_CELLS[name], **arguments)
    graph.build((None, None, features))
    graph.set_weights(ours.get_weights())
    return ours, graph


def to_numpy(tensors):
    return [keras.ops.convert_to_numpy(t) for t in keras.tree.flatten(tensors)]


@pytest.mark.parametrize("features", [3, SIZE])
@pytest.mark.parametrize("name", LAYERS)
def test_known_cells_are_our_layers(name, features):
    ours, graph = pair(name, features, return_sequences=True, return_state=True)
    x = normal(3, 5, features)
    for one, other in zip(
        to_numpy(ours(x, mask=MASK)), to_numpy(graph(x, mask=MASK)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["lstm", "mut1"])
def test_known_cells_have_the_gates_of_our_layers(name):
    ours, graph = pair(name)
    x = normal(3, 5, 3)
    expected, found = ours.gates(x), graph.gates(x)
    # The graph of the LSTM calls its second state c.
    names = {"carry": "c"} if name == "lstm" else {}
    for gate, values in expected.items():
        other = found[names.get(gate, gate)]
        np.testing.assert_allclose(*to_numpy([values, other]), rtol=0, atol=1e-6)


def test_a_gate_and_a_state_may_be_called_output():
    nodes = [
        Node("sum", "add", ("x", "output")),
        Node("new", "tanh", ("sum",)),
        Node("kept", "add", ("new", "h")),
    ]
    layer = GraphRNN(3, CellGraph(nodes, {"h": "new", "output": "kept"}))
    found = layer.gates(normal(2, 4, 3))
    assert set(found) == {"new", "output", "graph.output"}
    np.testing.assert_array_equal(*to_numpy([found["output"], found["new"]]))

    gate = [Node("output", "sigmoid", ("x",)), Node("new", "multiply", ("output", "h"))]
    found = GraphRNN(3, CellGraph(gate, {"h": "new"})).gates(normal(2, 4, 3))
    assert set(found) == {"output", "graph.output"}


@pytest.mark.parametrize("name", ["lstm", "mut2"])
def test_known_cells_learn_as_our_layers_do(name):
    ours, graph = pair(name)
    x, y = normal(3, 5, 3), normal(3, SIZE, seed=1)
    for layer in (ours, graph):
        model = keras.Sequential([keras.Input((None, 3)), layer])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        model.train_on_batch(x, y)
    for one, other in zip(ours.get_weights(), graph.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["gru", "mut3"])
def test_dropout_is_where_our_layers_have_it(name):
    arguments = {"dropout": 0.4, "recurrent_dropout": 0.5, "seed": 1, "zoneout": 0.3}
    ours, graph = pair(name, **arguments)
    x = normal(3, 5, 3)
    one, other = to_numpy([layer(x, training=True) for layer in (ours, graph)])
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    plain = to_numpy([pair(name)[0](x)])[0]
    assert abs(one - plain).max() > 0.01


def test_without_biases():
    ours, graph = pair("mut1", use_bias=False)
    assert len(graph.get_weights()) == 2
    x = normal(3, 5, 3)
    np.testing.assert_allclose(*to_numpy([ours(x), graph(x)]), rtol=0, atol=1e-6)


def evaluated(graph, x, weights, features):
    """One step of a graph in NumPy, from its nodes one by one."""
    kernel, recurrent, bias = (np.asarray(w, "float64") for w in weights)
    units = recurrent.shape[0]
    place = {"W": 0, "U": 0, "b": 0}

    def block(of, matrix):
        place[of] += 1
        return matrix[..., (place[of] - 1) * units : place[of] * units]

    own, bare, bias_of = {}, None, {}
    for node in graph.nodes:
        if "x" in node.inputs and node.operation == "linear" and not node.diagonal:
            own[node.name] = block("W", kernel)
        elif "x" in node.inputs and bare is None:
            bare = x if features == units else x @ block("W", kernel)
        if node.operation == "linear" and node.name not in own:
            own[node.name] = block("U", recurrent) + node.diagonal * np.eye(units)
        if node.operation == "linear":
            bias_of[node.name] = block("b", bias) if node.bias else 0
    functions = {
        "tanh": np.tanh,
        "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
        "relu": lambda a: np.maximum(a, 0),
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
    }

    def step(states):
        values = dict(zip(graph.states, states, strict=True))

        def value(name):
            if name == "x":
                return bare
            if name not in values:
                node = graph.node(name)
                if node.operation != "linear":
                    inputs = map(value, node.inputs)
                    values[name] = functions[node.operation](*inputs)
                else:
                    reads_x = node.inputs == ("x",) and not node.diagonal
                    seen = x if reads_x else value(node.inputs[0])
                    values[name] = seen @ own[name] + bias_of[name]
            return values[name]

        return [value(source) for source in graph.states.values()]

    return step


@pytest.mark.parametrize("features", [3, SIZE])
@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_children_compute_what_their_nodes_say(name, features, float64):
    for seed in range(12):
        graph = mutate(KNOWN_CELLS[name], seed)
        layer = GraphRNN(SIZE, graph, return_state=True)
        layer = randomise(layer, features, scale=0.3)
        if len(layer.get_weights()) < 3:
            continue
        x = normal(2, 1, features).astype("float64")
        states = [
            normal(2, SIZE, seed=s).astype("float64")
            for s, _ in enumerate(graph.states)
        ]
        _, *found = to_numpy(layer(x, initial_state=states))
        step = evaluated(graph, x[:, 0], layer.get_weights(), features)
        for one, other in zip(found, step(states), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def test_cells_alone_and_stacked():
    graph = mutate(KNOWN_CELLS["lstm"], 5)
    cells = [GraphCell(SIZE, graph), GraphCell(3, KNOWN_CELLS["gru"])]
    layer = keras.layers.RNN(cells)
    again = keras.layers.RNN.from_config(layer.get_config())
    assert again.cell.cells[0].graph == graph
    assert tuple(again(normal(2, 5, 3)).shape) == (2, 3)


def test_saved_and_loaded(tmp_path):
    graph = mutate(KNOWN_CELLS["gru"], 1)
    inputs = keras.Input((None, 3))
    outputs = keras.layers.Bidirectional(GraphRNN(SIZE, graph))(inputs)
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.layers[-1].forward_layer.graph == graph
    x = normal(2, 5, 3)
    np.testing.assert_allclose(*to_numpy([model(x), again(x)]), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("features", [3, SIZE])
def test_a_graph_without_linear_nodes(features):
    nodes = [Node("sum", "add", ("x", "h")), Node("new", "tanh", ("sum",))]
    layer = GraphRNN(SIZE, CellGraph(nodes, {"h": "new"}))
    found = layer(normal(2, 5, features))
    assert tuple(found.shape) == (2, SIZE)
    assert len(layer.weights) == int(features != SIZE)


def test_the_loop_and_the_number_of_weights():
    layer = GraphRNN(SIZE, KNOWN_CELLS["lstm"])
    assert layer.recurrence.name == "generic"
    layer.build((None, None, 3))
    assert layer.count_params() == 4 * SIZE * (3 + SIZE + 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GraphRNN(4, "gru"), 'config of a graph has "nodes"'),
        (lambda: GraphRNN(0, KNOWN_CELLS["gru"]), "units"),
        (
            lambda: GraphRNN(4, KNOWN_CELLS["gru"], checkpoint_steps=2),
            "only its hand-written loop has",
        ),
        (
            lambda: GraphCell(4, KNOWN_CELLS["gru"], activation="relu"),
            "activations in the graph. Received activation='relu'",
        ),
        (
            lambda: GraphRNN(4, KNOWN_CELLS["gru"], recurrent_dropout_form="moon"),
            "recurrent dropout of the form 'gal'",
        ),
        (lambda: GraphRNN(4, KNOWN_CELLS["lstm"], zoneout=(0.1,) * 3), "output, c"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
