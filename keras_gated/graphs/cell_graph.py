"""A recurrent cell as a graph."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from keras_gated.graphs import _json
from keras_gated.graphs._order import in_order, needed
from keras_gated.graphs._printing import equations_of
from keras_gated.graphs.node import INPUT, LINEAR, Node, check_name

MAX_NODES = 200
MAX_STATES = 8


class CellGraph:
    """What a recurrent cell computes in a step, as a graph without cycles.

    Nodes read the inputs of the step, `"x"`, the states before it and each other, all
    of them vectors of as many entries as the cell has units. A node with the operation
    `"linear"` has a matrix and a bias of its own, which `keras_gated.layers.GraphCell`
    makes. Inputs of another size are brought to that of the units: those that a linear
    node reads by its own matrix, all others by one matrix for all of them.

    A graph is a value: it compares by its content, and is not changed.

    Args:
        nodes: The nodes, 200 at most, in any order. Weights are in this order.
        states: For each state, 8 at most, the node or state whose value it has after
            the step. The first one is the output of the cell.

    Raises:
        ValueError: If there are too many nodes, names are used twice or by nobody, or
            nodes read each other in a circle.

    Examples:
        >>> from keras_gated.graphs import CellGraph, Node
        >>> graph = CellGraph(
        ...     [
        ...         Node("by_x", "linear", ("x",)),
        ...         Node("by_h", "linear", ("h",), bias=False),
        ...         Node("sum", "add", ("by_x", "by_h")),
        ...         Node("output", "tanh", ("sum",)),
        ...     ],
        ...     states={"h": "output"},
        ... )
        >>> print(graph)
        h' = tanh(W0 x + b0 + U0 h)
        >>> CellGraph.from_json(graph.to_json()) == graph
        True

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.1, for cells as graphs.
    """

    def __init__(self, nodes: Iterable[Node], states: Mapping[str, str]) -> None:
        self.nodes = tuple(nodes)
        self.states = dict(states)
        self._check_names()
        by_name = {node.name: node for node in self.nodes}
        self._check_inputs(by_name)
        self.order = tuple(in_order(by_name))
        self._check_use(by_name)

    def _check_names(self) -> None:
        if len(self.nodes) > MAX_NODES:
            raise ValueError(
                f"A graph has {MAX_NODES} nodes at most. Received {len(self.nodes)}."
            )
        if not 1 <= len(self.states) <= MAX_STATES:
            raise ValueError(
                f"A graph has 1 to {MAX_STATES} states. Received {len(self.states)}."
            )
        seen = {INPUT}
        for state in self.states:
            check_name(state, "A state")
        for name in (*self.states, *(node.name for node in self.nodes)):
            if name in seen:
                raise ValueError(f"The name {name!r} is used twice in the graph.")
            seen.add(name)

    def _check_inputs(self, by_name: Mapping[str, Node]) -> None:
        known = {INPUT, *self.states, *by_name}
        for node in self.nodes:
            for name in node.inputs:
                if name not in known:
                    raise ValueError(
                        f"Node {node.name!r} reads {name!r}, which is neither a node "
                        f"nor a state nor the inputs, {INPUT!r}."
                    )
        for state, source in self.states.items():
            check_name(source, f"What state {state!r} is to be")
            if source not in known - {INPUT}:
                raise ValueError(
                    f"State {state!r} is to be {source!r} after a step, which "
                    "is neither a node nor a state."
                )

    def _check_use(self, by_name: Mapping[str, Node]) -> None:
        used = needed(by_name, self.states.values())
        dangling = [node.name for node in self.nodes if node.name not in used]
        if dangling:
            raise ValueError(
                f"Dangling: no state depends on {_listed(dangling)}. Leave out what "
                "nobody reads."
            )
        unread = [name for name in (INPUT, *self.states) if name not in used]
        if unread:
            raise ValueError(
                f"No state depends on {_listed(unread)}: a cell reads its inputs and "
                "all of its states."
            )

    def node(self, name: str) -> Node:
        """The node of a name."""
        return next(node for node in self.nodes if node.name == name)

    def readers(self, name: str) -> list[Node]:
        """The nodes that read something, in the order of the nodes."""
        return [node for node in self.nodes if name in node.inputs]

    @property
    def input_blocks(self) -> tuple[str, ...]:
        """The blocks of columns of the matrix that projects the inputs.

        They are the linear nodes that read the inputs, and, if another node reads them,
        `"x"` in the place of the first that does.
        """
        return tuple(dict.fromkeys(self._input_blocks()))

    def _input_blocks(self) -> Iterator[str]:
        for node in self.nodes:
            if INPUT in node.inputs:
                yield INPUT if self.is_bare(node) else node.name

    def is_bare(self, node: Node) -> bool:
        """Whether a node that reads the inputs takes them as they are.

        So does a linear one with a diagonal, whose matrix is square.
        """
        return node.operation != LINEAR or node.diagonal != 0

    @property
    def recurrent_nodes(self) -> tuple[Node, ...]:
        """The linear nodes whose matrix is square: all but those in `input_blocks`."""
        blocks = self.input_blocks
        return tuple(n for n in self.nodes if n.is_linear and n.name not in blocks)

    @property
    def biased_nodes(self) -> tuple[Node, ...]:
        """The linear nodes that have a bias."""
        return tuple(node for node in self.nodes if node.is_linear and node.bias)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CellGraph) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @property
    def _content(self) -> tuple[Any, ...]:
        return self.nodes, tuple(self.states.items())

    def __str__(self) -> str:
        """The graph as equations; see `equations`."""
        return "\n".join(self.equations())

    def __repr__(self) -> str:
        return f"CellGraph({len(self.nodes)} nodes, states {', '.join(self.states)})"

    def equations(self) -> list[str]:
        """The graph as lines of text, `h'` for what a state is after the step.

        `W2` is the third block of columns of the matrix that projects the inputs, `U0`
        the first one of that which the states meet, `b1` the second one of the biases,
        and `I` has ones on its diagonal.
        """
        return equations_of(self)

    def get_config(self) -> dict[str, Any]:
        """Plain values for JSON, of which `from_config` makes the graph again."""
        return {
            "states": dict(self.states),
            "nodes": {node.name: node.get_config() for node in self.nodes},
        }

    @classmethod
    def from_config(cls, config: Any) -> "CellGraph":
        """The graph that `get_config` described.

        Raises:
            ValueError: If `config` is something else.
        """
        return cls(**_json.arguments(config, MAX_NODES, MAX_STATES))

    def to_json(self) -> str:
        """The graph as text."""
        return _json.written(self.get_config())

    @classmethod
    def from_json(cls, text: str | bytes) -> "CellGraph":
        """Reads what `to_json` wrote. Nothing in it is run.

        Raises:
            ValueError: If it is something else, or longer than 256 KiB.
        """
        return cls.from_config(_json.read(text))

    def save(self, path: str | Path) -> None:
        """Writes a JSON file."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "CellGraph":
        """Reads a JSON file that `save` wrote.

        Raises:
            ValueError: If it is something else.
        """
        with Path(path).open("rb") as file:
            return cls.from_json(file.read(_json.MAX_BYTES + 1))


def _listed(names: list[str]) -> str:
    others = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(repr, names[:5])) + others
