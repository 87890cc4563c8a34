"""How many units make a model of so many weights."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from keras_gated.graphs import CellGraph
from keras_gated.models import match_units
from reproduce.studies.jozefowicz2015.names import CELLS

EMBEDDED = 200
"""Numbers that stand for a word."""

COUNTED = ("use_peepholes", "use_input_gate", "use_forget_gate", "use_output_gate")
"""The arguments of a layer that change how many weights it has."""


def units_for(row: str, features: int, outputs: int, parameters: int) -> int:
    """The units of a row of the table whose model has about so many weights.

    Args:
        row: Row of the table.
        features: Size of the inputs.
        outputs: Numbers that the head puts out.
        parameters: Weights of the recurrent layer and the head.

    Examples:
        >>> from reproduce.studies.jozefowicz2015.sizes import units_for
        >>> [units_for(row, 40, 40, 100_000) for row in ("tanh", "lstm", "gru")]
        [278, 135, 157]
    """
    unit, arguments = CELLS[row]
    counted: Mapping[str, Any] = {k: v for k, v in arguments.items() if k in COUNTED}
    return match_units(unit, features, parameters, output_size=outputs, **counted)


@lru_cache(maxsize=4096)
def graph_units(graph: CellGraph, features: int, outputs: int, parameters: int) -> int:
    """The units of a cell that is a graph, likewise."""
    of_inputs, of_states, biases = (
        len(nodes)
        for nodes in (graph.input_blocks, graph.recurrent_nodes, graph.biased_nodes)
    )

    def distance(units: int) -> int:
        recurrent = units * (of_inputs * features + of_states * units + biases)
        return abs(recurrent + (units + 1) * outputs - parameters)

    units = 1
    while distance(units + 1) < distance(units):
        units += 1
    return units
