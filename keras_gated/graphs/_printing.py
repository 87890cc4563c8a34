"""A graph as equations."""

from typing import Any

from keras_gated.graphs.node import INPUT, Node

SIGNS = {"add": "+", "subtract": "-", "multiply": "*"}


def equations_of(graph: Any) -> list[str]:
    """A line for each node that is read more than once or is an activation.

    What a single reader takes in is written where it is read.

    Args:
        graph: A `CellGraph`.
    """
    printer = _Printer(graph)
    lines = [
        f"{node.name} = {printer.texts[node.name]}"
        for node in graph.order
        if printer.has_line(node)
    ]
    return [
        *lines,
        *(f"{s}' = {printer.read(source)}" for s, source in graph.states.items()),
    ]


class _Printer:
    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._nodes = {node.name: node for node in graph.nodes}
        self._columns = {name: f"W{n}" for n, name in enumerate(graph.input_blocks)}
        recurrent = graph.recurrent_nodes
        self._columns |= {node.name: f"U{n}" for n, node in enumerate(recurrent)}
        biased = graph.biased_nodes
        self._biases = {node.name: f"b{n}" for n, node in enumerate(biased)}
        self.texts: dict[str, str] = {}
        """What each node computes."""
        # In this order a long chain of nodes is no deep recursion.
        for node in graph.order:
            self.texts[node.name] = self._written(node)

    def has_line(self, node: Node) -> bool:
        readers = sum(n.inputs.count(node.name) for n in self._graph.nodes)
        sources = list(self._graph.states.values()).count(node.name)
        return readers + sources > 1 or (node.is_activation and readers == 1)

    def _written(self, node: Node) -> str:
        if node.operation in SIGNS:
            left, right = (self._term(node, place) for place in (0, 1))
            return f"{left} {SIGNS[node.operation]} {right}"
        if not node.is_linear:
            return f"{node.operation}({self.read(node.inputs[0])})"
        matrix = self._columns[node.name]
        if node.diagonal:
            matrix = f"({matrix} + {node.diagonal:g} I)"
        factor = self.read(node.inputs[0], is_bare=self._graph.is_bare(node))
        factor = f"({factor})" if " " in factor else factor
        bias = f" + {self._biases[node.name]}" if node.bias else ""
        return f"{matrix} {factor}{bias}"

    def read(self, name: str, is_bare: bool = True) -> str:
        """How a reader writes what it reads."""
        if name == INPUT:
            return f"{self._columns[INPUT]} x" if is_bare else "x"
        node = self._nodes.get(name)
        return name if node is None or self.has_line(node) else self.texts[name]

    def _term(self, node: Node, place: int) -> str:
        """An operand, in brackets where it would be read otherwise without."""
        name = node.inputs[place]
        text = self.read(name)
        inner = self._nodes.get(name)
        if inner is None or self.has_line(inner):
            is_sum = False
        else:
            is_sum = inner.operation in ("add", "subtract") or inner.is_linear
        needs = node.operation == "multiply" or (node.operation, place) == (
            "subtract",
            1,
        )
        return f"({text})" if is_sum and needs else text
