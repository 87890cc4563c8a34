"""Graphs as values: what is refused, how they are printed, and their files."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from keras_gated.graphs import KNOWN_CELLS, CellGraph, Node, _json

pytestmark = pytest.mark.once

GRU = KNOWN_CELLS["gru"]

EQUATIONS = {
    "tanh": "h' = tanh(W0 x + b0 + U0 h)",
    "gru": """update_gate = sigmoid(W0 x + b0 + U0 h)
reset_gate = sigmoid(W1 x + b1 + U1 h)
candidate = tanh(W2 x + b2 + U2 (reset_gate * h))
h' = candidate + update_gate * (h - candidate)""",
    "mut1": """squashed_x = tanh(W2 x)
update_gate = sigmoid(W0 x + b0)
reset_gate = sigmoid(W1 x + b1 + U0 h)
candidate = tanh(U1 (reset_gate * h) + b2 + squashed_x)
h' = h + update_gate * (candidate - h)""",
}


def chain(count):
    """So many nodes, one after the other."""
    names = ["x", *(f"n{number}" for number in range(count))]
    nodes = [Node(name, "add", (before, "h")) for before, name in pairwise(names)]
    return nodes, {"h": names[-1]}


@pytest.mark.parametrize("name", KNOWN_CELLS)
def test_json_and_back(name, tmp_path):
    graph = KNOWN_CELLS[name]
    assert CellGraph.from_json(graph.to_json()) == graph
    assert CellGraph.from_config(graph.get_config()) == graph
    graph.save(tmp_path / "cell.json")
    again = CellGraph.load(tmp_path / "cell.json")
    assert again == graph and hash(again) == hash(graph)
    assert again != KNOWN_CELLS["tanh" if name != "tanh" else "gru"]


@pytest.mark.parametrize("name", EQUATIONS)
def test_equations(name):
    # Of operations without an order, the order may be any: sorted lines.
    lines = str(KNOWN_CELLS[name]).splitlines()
    assert sorted(lines) == sorted(EQUATIONS[name].splitlines())


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (
            [
                Node("a", "add", ("x", "h")),
                Node("b", "subtract", ("h", "a")),
                Node("c", "multiply", ("b", "h")),
            ],
            "h' = (h - (W0 x + h)) * h",
        ),
        (
            [
                Node("a", "linear", ("x",), diagonal=0.9, bias=False),
                Node("b", "linear", ("a",), diagonal=1),
                Node("c", "subtract", ("b", "h")),
            ],
            "h' = (U1 + 1 I) ((U0 + 0.9 I) (W0 x)) + b0 - h",
        ),
        (
            [
                Node("a", "linear", ("x",)),
                Node("b", "multiply", ("a", "h")),
                Node("c", "relu", ("b",)),
            ],
            "h' = relu((W0 x + b0) * h)",
        ),
    ],
)
def test_brackets(nodes, expected):
    assert str(CellGraph(nodes, {"h": "c"})) == expected


def test_nodes_may_come_in_any_order():
    nodes, states = chain(5)
    graph = CellGraph(reversed(nodes), states)
    assert graph.order == CellGraph(nodes, states).order


def test_as_many_nodes_as_may_be():
    assert len(CellGraph(*chain(200)).order) == 200
    assert CellGraph.from_json(CellGraph(*chain(200)).to_json()).nodes[-1].name


def test_a_long_chain_is_printed_wherever_one_is():
    graph = CellGraph(*chain(200))
    # As deep as a callback in a notebook, and deeper.
    assert at_depth(600, lambda: str(graph)).count("+") == 200


def at_depth(depth, function):
    return at_depth(depth - 1, function) if depth else function()


def with_node(**changes):
    """The GRU with another node in the place of its first one."""
    first, *others = GRU.nodes
    return [replace(first, **changes), *others]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: chain(1000), "has 200 nodes at most. Received 1000"),
        (
            lambda: (with_node(inputs=("mixture",)), GRU.states),
            "cycle: .*update_gate_x.* A node cannot read what depends on it",
        ),
        (
            lambda: ([*GRU.nodes, Node("lost", "tanh", ("h",))], GRU.states),
            "Dangling: no state depends on 'lost'. Leave out",
        ),
        (
            lambda: (with_node(inputs=("nobody",)), GRU.states),
            "Node 'update_gate_x' reads 'nobody', which is neither a node nor a state",
        ),
        (lambda: (GRU.nodes, {"h": "nobody"}), "State 'h' is to be 'nobody' after"),
        (lambda: (GRU.nodes, {"h": "x"}), "State 'h' is to be 'x' after a step"),
        (lambda: ([], {"h": "h"}), "No state depends on 'x': a cell reads"),
        (
            lambda: (GRU.nodes, {**GRU.states, "c": "mixture"}),
            "No state depends on 'c': a cell reads its inputs and all of its states",
        ),
        (lambda: (GRU.nodes, {}), "1 to 8 states. Received 0"),
        (
            lambda: (GRU.nodes, {f"h{n}": "mixture" for n in range(9)}),
            "1 to 8 states. Received 9",
        ),
        (
            lambda: ([*GRU.nodes, GRU.nodes[0]], GRU.states),
            "'update_gate_x' is used twice",
        ),
        (lambda: (GRU.nodes, {"reset": "mixture"}), "'reset' is used twice"),
        (lambda: (GRU.nodes, {"h h": "mixture"}), "A state has a name.*'h h'"),
        (lambda: (with_node(operation="exp"), GRU.states), "unknown operation 'exp'"),
        (lambda: (with_node(inputs=("x", "h")), GRU.states), "linear of 1 input. Rec"),
        (lambda: (with_node(name="x"), GRU.states), "no node may have that name"),
        (lambda: (with_node(name="a" * 65), GRU.states), "64 at most"),
        (
            lambda: (with_node(diagonal=float("nan")), GRU.states),
            "'update_gate_x' needs a number from .*diagonal=nan",
        ),
        (
            lambda: (with_node(diagonal=10**400), GRU.states),
            "'update_gate_x' needs a numb",
        ),
        (lambda: (with_node(bias=1), GRU.states), "True or False for bias.*bias=1"),
        (lambda: [Node("a", "tanh", ("h",), diagonal=1)], "tanh, which has no diago"),
    ],
)
def test_what_is_no_graph(make, message):
    with pytest.raises(ValueError, match=message):
        CellGraph(*make())


CONFIG = GRU.get_config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Expecting"),
        ("[" * 100_000, "nested so deep"),
        ('{"a": "' + "b" * (1 << 18) + '"}', "262144 bytes at most"),
        (b"\xff\xfe\xff", "UTF-8|utf-16"),
        ("[]", 'has "nodes" and "states"'),
        ('{"nodes": [], "states": {}}', 'has "nodes" and "states"'),
        ('{"nodes": {}, "states": {}, "code": ""}', 'has "nodes" and "states"'),
        ('{"nodes": {}, "states": {"h": "a", "h": "b"}}', "'h' is twice"),
        (json.dumps({**CONFIG, "nodes": {"a": []}}), "'a' has operation and inputs"),
        (
            json.dumps(
                {**CONFIG, "nodes": {"a": {"operation": "tanh", "inputs": "h"}}}
            ),
            "inputs of node 'a' are a list of names",
        ),
        (
            json.dumps({**CONFIG, "nodes": {"a": {"operation": [], "inputs": ["h"]}}}),
            "unknown operation",
        ),
        (
            json.dumps(
                {**CONFIG, "nodes": {"a": {"operation": "tanh", "inputs": [["h"]]}}}
            ),
            "An input of node 'a' has a name",
        ),
        (
            json.dumps({**CONFIG, "states": {"h": ["mixture"]}}),
            "What state 'h' is to be",
        ),
        (
            json.dumps({**CONFIG, "nodes": {f"n{n}": {} for n in range(1000)}}),
            "has 200 nodes at most. Received 1000",
        ),
    ],
)
def test_what_is_no_file_of_a_graph(text, message):
    with pytest.raises(ValueError, match=message):
        CellGraph.from_json(text)


def test_a_name_that_is_twice_is_found_at_once():
    # Counting each among all others took minutes: a hash of each does not.
    compared = 0

    class Name(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    pairs = [(Name(f"n{number}"), 0) for number in range(1000)]
    with pytest.raises(ValueError, match="'n999' is twice"):
        _json.unique([*pairs, (Name("n999"), 0)])
    assert compared < 10_000
