"""Recurrent cells as small graphs of operations, and the search among them."""

from keras_gated.graphs.cell_graph import CellGraph
from keras_gated.graphs.evolution import fitness, survivors
from keras_gated.graphs.known import KNOWN_CELLS
from keras_gated.graphs.mutation import MUTATIONS, mutate
from keras_gated.graphs.node import OPERATIONS, Node

__all__ = [
    "KNOWN_CELLS",
    "MUTATIONS",
    "OPERATIONS",
    "CellGraph",
    "Node",
    "fitness",
    "mutate",
    "survivors",
]
