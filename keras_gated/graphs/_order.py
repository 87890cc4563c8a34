"""The order in which nodes can be computed, and which are needed."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from keras_gated.graphs.node import Node


def in_order(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """The nodes, each behind those that it reads.

    Raises:
        ValueError: If there is a cycle; says which.
    """
    sorter = TopologicalSorter(
        {name: [i for i in node.inputs if i in nodes] for name, node in nodes.items()}
    )
    try:
        for name in sorter.static_order():
            yield nodes[name]
    except CycleError as error:
        cycle = " -> ".join(error.args[1])
        raise ValueError(
            f"The graph has a cycle: {cycle}. A node cannot read what depends on it in "
            "the same step; a state is what it was before the step."
        ) from error


def needed(nodes: Mapping[str, Node], names: Iterable[str]) -> set[str]:
    """The names and all that they depend on, states and inputs among them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(nodes[name].inputs if name in nodes else ())
    return found
