"""The search by mutation: children are graphs, and each mutation does what it says."""

from collections import Counter

import numpy as np
import pytest

from keras_gated.graphs import (
    KNOWN_CELLS,
    MUTATIONS,
    CellGraph,
    Node,
    fitness,
    mutate,
    survivors,
)
from keras_gated.graphs.mutation import _Draft

pytestmark = pytest.mark.once

GRU = KNOWN_CELLS["gru"]


def changed(mutation, graph, name, seed=0):
    """The graph after one mutation of one node, and whether it could be done."""
    draft = _Draft(graph, np.random.default_rng(seed))
    done = MUTATIONS[mutation](draft, draft.nodes[name])
    return draft.graph(), done


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_generations_of_children_are_graphs(name):
    graph, sizes = KNOWN_CELLS[name], []
    for seed in range(200):
        child = mutate(graph, seed)
        assert child != graph and child == mutate(graph, seed)
        assert CellGraph.from_json(child.to_json()) == child
        assert list(child.states) == list(graph.states)
        sizes.append(len(child.nodes))
        # Small ones are left, as the search would leave them.
        graph = child if 8 < len(child.nodes) < 60 else KNOWN_CELLS[name]
    assert len(set(sizes)) > 12


def test_seeds_have_different_children():
    children = {mutate(GRU, seed) for seed in range(100)}
    assert len(children) > 90


def test_an_activation_becomes_any_other():
    found = Counter()
    for seed in range(300):
        child, done = changed("change activation", GRU, "candidate", seed)
        assert done
        node = child.node("candidate")
        assert node.inputs == GRU.node("candidate").inputs
        found[node.operation, node.diagonal] += 1
    linear = {("linear", diagonal) for diagonal in (0.0, 1.0, 0.9, 1.1)}
    assert set(found) == {("sigmoid", 0.0), ("relu", 0.0)} | linear
    assert min(found.values()) > 300 / 6 / 2


def test_a_matrix_is_an_activation_too():
    child, done = changed("change activation", GRU, "update_gate_h")
    assert done and child.node("update_gate_h") != GRU.node("update_gate_h")
    assert not changed("change activation", GRU, "share")[1]


def test_an_elementwise_operation_becomes_another():
    found = {
        changed("change elementwise", GRU, "share", seed)[0].node("share").operation
        for seed in range(20)
    }
    assert found == {"add", "subtract"}
    assert not changed("change elementwise", GRU, "candidate")[1]


def test_an_activation_is_inserted():
    child, done = changed("insert activation", GRU, "share")
    assert done and len(child.nodes) == len(GRU.nodes) + 1
    (new,) = {n.name for n in child.nodes} - {n.name for n in GRU.nodes}
    assert new in child.node("share").inputs
    (source,) = child.node(new).inputs
    assert source in GRU.node("share").inputs


def test_a_node_is_removed():
    child, done = changed("remove", GRU, "update_gate")
    assert done and child.node("share").inputs == ("update_gate_sum", "difference")
    for several in ("candidate", "share"):
        assert not changed("remove", GRU, several)[1]


def test_a_node_becomes_what_it_depends_on():
    found = {
        changed("take ancestor", GRU, "reset", seed)[0].node("candidate_h").inputs[0]
        for seed in range(100)
    }
    assert found == {
        *("x", "h", "reset_gate_x", "reset_gate_h", "reset_gate_sum", "reset_gate"),
    }


def test_a_node_becomes_a_combination():
    operations = set()
    for seed in range(100):
        child, done = changed("combine", GRU, "reset_gate", seed)
        if not done:
            assert child == GRU
            continue
        node = child.node("reset_gate")
        operations.add(node.operation)
        assert node.inputs[0] in {
            "x",
            "h",
            "reset_gate_x",
            "reset_gate_h",
            "reset_gate_sum",
        }
    assert operations == {"add", "subtract", "multiply"}


def test_no_child_grows_beyond_bounds():
    nodes = [Node("n0", "add", ("x", "h"))]
    nodes += [Node(f"n{n}", "add", (f"n{n - 1}", "h")) for n in range(1, 200)]
    full = CellGraph(nodes, {"h": "n199"})
    assert all(len(mutate(full, seed).nodes) <= 200 for seed in range(5))


def test_fitness_is_that_of_the_worst_task():
    reference = {"a": 0.5, "b": 0.8}
    assert fitness({"a": 0.6, "b": 0.4}, reference) == 0.5
    assert fitness({"a": 0.6}, reference) == 0
    assert fitness({"a": float("nan"), "b": 0.4}, reference) == 0
    assert fitness(reference, reference) == 1
    for bad in ({}, {"a": 0.0}, {"a": float("nan")}, {"a": 1.0, "b": float("nan")}):
        with pytest.raises(ValueError, match="positive accuracy of the reference"):
            fitness({"a": 1.0}, bad)


def test_the_best_survive():
    population = {"a": 0.5, "b": 1.5, "c": 0.5, "d": 1.0}
    assert survivors(population, 3) == ["b", "d", "a"]
    assert survivors(population, 9) == ["b", "d", "a", "c"]
