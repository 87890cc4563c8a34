"""The six mutations of Jozefowicz et al."""

from collections.abc import Callable, Mapping

import numpy as np

from keras_gated.graphs._order import in_order, needed
from keras_gated.graphs.cell_graph import MAX_NODES, CellGraph
from keras_gated.graphs.node import ACTIVATIONS, ELEMENTWISE, INPUT, LINEAR, Node

DIAGONALS = (0.0, 1.0, 0.9, 1.1)
"""Those of new linear nodes."""

MOST_ROUNDS = 3
ATTEMPTS = 1000
"""Children that are thrown away before mutating is given up."""


class _Draft:
    """A graph that is being changed, and may be none in between."""

    def __init__(self, graph: CellGraph, rng: np.random.Generator) -> None:
        self.nodes = {node.name: node for node in graph.nodes}
        self.states = dict(graph.states)
        self.rng = rng

    def new_name(self) -> str:
        number = len(self.nodes)
        while f"n{number}" in {*self.nodes, *self.states}:
            number += 1
        return f"n{number}"

    def choose(self, options: list[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def activation(self, name: str, source: str, but: Node | None = None) -> Node:
        """An activation, perhaps with a matrix, but for that of a node."""
        kinds = [Node(name, operation, (source,)) for operation in ACTIVATIONS]
        kinds += [Node(name, LINEAR, (source,), diagonal=d) for d in DIAGONALS]
        others = [k for k in kinds if but is None or not _is_alike(k, but)]
        return others[int(self.rng.integers(len(others)))]

    def ancestors(self, name: str) -> list[str]:
        """All that a node depends on, in a fixed order."""
        found = needed(self.nodes, self.nodes[name].inputs)
        everything = (INPUT, *self.states, *self.nodes)
        return [ancestor for ancestor in everything if ancestor in found]

    def replace(self, name: str, other: str) -> None:
        """Has all that read a node read something else."""
        for node in [n for n in self.nodes.values() if name in n.inputs]:
            inputs = tuple(other if i == name else i for i in node.inputs)
            self._set(Node(node.name, node.operation, inputs, node.diagonal, node.bias))
        for state, source in self.states.items():
            if source == name:
                self.states[state] = other

    def _set(self, node: Node) -> None:
        self.nodes[node.name] = node

    def graph(self) -> CellGraph:
        """The graph without what nobody reads any more.

        Raises:
            ValueError: If it is none.
        """
        used = needed(self.nodes, self.states.values())
        return CellGraph(
            [node for name, node in self.nodes.items() if name in used], self.states
        )


def _is_alike(node: Node, other: Node) -> bool:
    return (node.operation, node.diagonal) == (other.operation, other.diagonal)


def _change_activation(draft: _Draft, node: Node) -> bool:
    """Replaces an activation by another one."""
    if node.operation in ELEMENTWISE:
        return False
    draft.nodes[node.name] = draft.activation(node.name, node.inputs[0], but=node)
    return True


def _change_elementwise(draft: _Draft, node: Node) -> bool:
    """Replaces an operation on two nodes by another one."""
    if node.operation not in ELEMENTWISE:
        return False
    others = [name for name in ELEMENTWISE if name != node.operation]
    draft.nodes[node.name] = Node(node.name, draft.choose(others), node.inputs)
    return True


def _insert_activation(draft: _Draft, node: Node) -> bool:
    """Inserts an activation between a node and one that it reads."""
    place = int(draft.rng.integers(len(node.inputs)))
    between = draft.activation(draft.new_name(), node.inputs[place])
    inputs = list(node.inputs)
    inputs[place] = between.name
    draft.nodes[between.name] = between
    draft.nodes[node.name] = Node(
        node.name, node.operation, tuple(inputs), node.diagonal, node.bias
    )
    return True


def _remove(draft: _Draft, node: Node) -> bool:
    """Removes a node that reads one and is read by one."""
    readers = sum(n.inputs.count(node.name) for n in draft.nodes.values())
    readers += list(draft.states.values()).count(node.name)
    if len(node.inputs) != 1 or readers != 1:
        return False
    draft.replace(node.name, node.inputs[0])
    del draft.nodes[node.name]
    return True


def _take_ancestor(draft: _Draft, node: Node) -> bool:
    """Replaces a node by something that it depends on."""
    draft.replace(node.name, draft.choose(draft.ancestors(node.name)))
    del draft.nodes[node.name]
    return True


def _combine(draft: _Draft, node: Node) -> bool:
    """Replaces a node by a sum, product or difference of two others.

    One is among those that it depends on, the other among those of any node.
    """
    other = draft.choose(list(draft.nodes))
    inputs = tuple(draft.choose(draft.ancestors(name)) for name in (node.name, other))
    before = draft.nodes[node.name]
    draft.nodes[node.name] = Node(node.name, draft.choose(list(ELEMENTWISE)), inputs)
    try:
        list(in_order(draft.nodes))
    except ValueError:
        # The other one depends on the node.
        draft.nodes[node.name] = before
        return False
    return True


MUTATIONS: Mapping[str, Callable[..., bool]] = {
    "change activation": _change_activation,
    "change elementwise": _change_elementwise,
    "insert activation": _insert_activation,
    "remove": _remove,
    "take ancestor": _take_ancestor,
    "combine": _combine,
}
"""The mutations of a node by name. Each takes a graph that is being changed and one of
its nodes, and returns whether it could be done."""


def mutate(graph: CellGraph, seed: int) -> CellGraph:
    """Draws a child of a graph.

    As in the paper: a probability is drawn from 0 to 1, and one to three times each
    node is changed with that probability, by a mutation drawn among those that suit:

    1. an activation becomes another of tanh, sigmoid, ReLU and a matrix, to whose
       diagonal 0, 1, 0.9 or 1.1 is added, with a bias;
    2. an elementwise operation becomes another of the sum, difference and product;
    3. an activation is inserted between a node and one that it reads;
    4. a node that reads one and is read by one is removed;
    5. a node is replaced by something that it depends on;
    6. a node is replaced by the sum, difference or product of something that it depends
       on and something that a random node depends on.

    What nobody reads any more goes. A child is drawn anew if it is no graph, because it
    does not read all of its states or its inputs or has too many nodes, or if it is its
    parent.

    Args:
        graph: The parent.
        seed: Seed of the draw: a graph and a seed have one child.

    Returns:
        The child.

    Raises:
        ValueError: If no child can be found.

    Examples:
        >>> from keras_gated.graphs import KNOWN_CELLS, mutate
        >>> print(mutate(KNOWN_CELLS["tanh"], seed=2))
        h' = tanh(W0 x + b0 + U0 ((U1 + 1.1 I) h + b1))

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.1.
    """
    rng = np.random.default_rng(seed)
    for _ in range(ATTEMPTS):
        draft = _Draft(graph, rng)
        chance = rng.random()
        for _ in range(int(rng.integers(1, MOST_ROUNDS + 1))):
            _change_some(draft, chance)
        if len(draft.nodes) > MAX_NODES:
            continue
        try:
            child = draft.graph()
        except ValueError:
            # Some state, or the inputs, are not read any more.
            continue
        if child != graph:
            return child
    raise ValueError(
        f"None of {ATTEMPTS} mutations of this graph is another graph: {graph}"
    )


def _change_some(draft: _Draft, chance: float) -> None:
    for name in list(draft.nodes):
        if draft.rng.random() >= chance or name not in draft.nodes:
            continue
        for mutation in draft.rng.permutation(list(MUTATIONS)):
            if MUTATIONS[str(mutation)](draft, draft.nodes[name]):
                break
