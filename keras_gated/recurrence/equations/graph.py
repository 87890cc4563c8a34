"""A cell that is given as a graph."""

from dataclasses import dataclass, field
from functools import cached_property

from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.graphs import CellGraph, Node
from keras_gated.recurrence.backend import matmul, sigmoid, tanh
from keras_gated.recurrence.equations.base import Equations, drop

INPUT = "x"
OUTPUT = "output"
"""What the first state is called, whatever the graph calls it."""

ACTIVATIONS = {"tanh": tanh, "sigmoid": sigmoid, "relu": ops.relu}
ELEMENTWISE = {"add": ops.add, "subtract": ops.subtract, "multiply": ops.multiply}


@dataclass(frozen=True)
class Graph(Equations):
    """States: those of the graph, the first one as the output.

    Weights: for each of `recurrent_groups` the kernels of its nodes side by side and,
    if one has a bias, their biases.

    Args:
        graph: What a step computes.
    """

    graph: CellGraph = field(kw_only=True)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        return tuple(_unmistakable(node.name) for node in self._activations)

    @cached_property
    def _activations(self) -> tuple[Node, ...]:
        return tuple(node for node in self.graph.order if node.is_activation)

    @property
    def states(self) -> tuple[str, ...]:
        _, *others = self.graph.states
        return (OUTPUT, *map(_unmistakable, others))

    @cached_property
    def recurrent_groups(self) -> tuple[tuple[str, tuple[Node, ...]], ...]:
        """What square kernels act on, and the nodes of these: one product for each."""
        groups: dict[str, list[Node]] = {}
        for node in self.graph.recurrent_nodes:
            groups.setdefault(node.inputs[0], []).append(node)
        return tuple((source, tuple(nodes)) for source, nodes in groups.items())

    def forward(
        self,
        projected: Tensor,
        before: Tensors,
        weights: Tensors,
        dropout_mask: Tensor | None,
    ) -> tuple[Tensors, Tensors]:
        blocks = self.graph.input_blocks
        parts = ops.split(projected, len(blocks), axis=-1)
        values = dict(zip(self.graph.states, before, strict=True))
        values |= dict(zip(blocks, parts, strict=True))
        groups = self._with_weights(weights)
        for node in self.graph.order:
            if node.name in values:
                continue
            if not node.is_linear:
                values[node.name] = _computed(node, values)
                continue
            source = node.inputs[0]
            nodes, kernel, bias = groups[source]
            product = matmul(drop(values[source], dropout_mask), kernel)
            total = product if bias is None else product + bias
            names = (other.name for other in nodes)
            sums = ops.split(total, len(nodes), axis=-1)
            values |= dict(zip(names, sums, strict=True))
        after = tuple(values[source] for source in self.graph.states.values())
        return after, tuple(values[node.name] for node in self._activations)

    def _with_weights(
        self, weights: Tensors
    ) -> dict[str, tuple[tuple[Node, ...], Tensor, Tensor | None]]:
        given = iter(weights)
        return {
            source: (
                nodes,
                next(given),
                next(given) if any(node.bias for node in nodes) else None,
            )
            for source, nodes in self.recurrent_groups
        }


def _unmistakable(name: str) -> str:
    """The name of a node or state, which is not that of the output."""
    return f"graph.{name}" if name == OUTPUT else name


def _computed(node: Node, values: dict[str, Tensor]) -> Tensor:
    inputs = [values[name] for name in node.inputs]
    if node.is_activation:
        return ACTIVATIONS[node.operation](*inputs)
    return ELEMENTWISE[node.operation](*inputs)
