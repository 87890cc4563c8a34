"""Cells that everybody knows, as graphs."""

from collections.abc import Mapping

from keras_gated.graphs.cell_graph import CellGraph
from keras_gated.graphs.node import INPUT, Node


def _sum(name: str, *, activation: str, by: str = "h") -> list[Node]:
    """An activation of the inputs and something else, each under a matrix."""
    return [
        Node(f"{name}_x", "linear", (INPUT,)),
        Node(f"{name}_h", "linear", (by,), bias=False),
        Node(f"{name}_sum", "add", (f"{name}_x", f"{name}_h")),
        Node(name, activation, (f"{name}_sum",)),
    ]


def _towards(gate: str, state: str, other: str) -> list[Node]:
    """`state + gate * (other - state)`, a mixture of the two by a gate."""
    return [
        Node("difference", "subtract", (other, state)),
        Node("share", "multiply", (gate, "difference")),
        Node("mixture", "add", (state, "share")),
    ]


_RESET = Node("reset", "multiply", ("reset_gate", "h"))

_TANH = CellGraph(_sum("new", activation="tanh"), states={"h": "new"})

_LSTM = CellGraph(
    [
        *_sum("input_gate", activation="sigmoid"),
        *_sum("forget_gate", activation="sigmoid"),
        *_sum("candidate", activation="tanh"),
        *_sum("output_gate", activation="sigmoid"),
        Node("kept", "multiply", ("forget_gate", "c")),
        Node("added", "multiply", ("input_gate", "candidate")),
        Node("carry", "add", ("kept", "added")),
        Node("squashed", "tanh", ("carry",)),
        Node("new", "multiply", ("output_gate", "squashed")),
    ],
    states={"h": "new", "c": "carry"},
)

_GRU = CellGraph(
    [
        *_sum("update_gate", activation="sigmoid"),
        *_sum("reset_gate", activation="sigmoid"),
        _RESET,
        *_sum("candidate", by="reset", activation="tanh"),
        *_towards("update_gate", "candidate", "h"),
    ],
    states={"h": "mixture"},
)

_MUT1 = CellGraph(
    [
        Node("update_x", "linear", (INPUT,)),
        Node("update_gate", "sigmoid", ("update_x",)),
        *_sum("reset_gate", activation="sigmoid"),
        _RESET,
        Node("squashed_x", "tanh", (INPUT,)),
        Node("candidate_h", "linear", ("reset",)),
        Node("candidate_sum", "add", ("candidate_h", "squashed_x")),
        Node("candidate", "tanh", ("candidate_sum",)),
        *_towards("update_gate", "h", "candidate"),
    ],
    states={"h": "mixture"},
)

_MUT2 = CellGraph(
    [
        *_sum("update_gate", activation="sigmoid"),
        Node("reset_h", "linear", ("h",)),
        Node("reset_sum", "add", (INPUT, "reset_h")),
        Node("reset_gate", "sigmoid", ("reset_sum",)),
        _RESET,
        *_sum("candidate", by="reset", activation="tanh"),
        *_towards("update_gate", "h", "candidate"),
    ],
    states={"h": "mixture"},
)

_MUT3 = CellGraph(
    [
        Node("squashed", "tanh", ("h",)),
        *_sum("update_gate", by="squashed", activation="sigmoid"),
        *_sum("reset_gate", activation="sigmoid"),
        _RESET,
        *_sum("candidate", by="reset", activation="tanh"),
        *_towards("update_gate", "h", "candidate"),
    ],
    states={"h": "mixture"},
)

KNOWN_CELLS: Mapping[str, CellGraph] = {
    "tanh": _TANH,
    "lstm": _LSTM,
    "gru": _GRU,
    "mut1": _MUT1,
    "mut2": _MUT2,
    "mut3": _MUT3,
}
"""The tanh unit, the LSTM without peepholes, the GRU with the reset gate before the
product, and the three mutations of Jozefowicz et al. 2015, as graphs. A `GraphRNN` of
one takes the weights of `SimpleRNN`, `PeepholeLSTM` without peepholes, `GRU`, `MUT1`,
`MUT2` or `MUT3`, and puts out the same."""
