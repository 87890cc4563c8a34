"""Graphs as JSON, read with bounds and without running anything."""

import json
from typing import Any

from keras_gated.graphs.node import Node

MAX_BYTES = 1 << 18

FIELDS = {"operation", "inputs", "diagonal", "bias"}


def written(config: dict[str, Any]) -> str:
    """A configuration as text, a node a line."""
    nodes = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(node)}"
        for name, node in config["nodes"].items()
    )
    inside = f"\n{nodes}\n " if nodes else ""
    states = json.dumps(config["states"])
    return f'{{\n "states": {states},\n "nodes": {{{inside}}}\n}}\n'


def read(text: str | bytes) -> Any:
    """What JSON holds.

    Raises:
        ValueError: If it is no JSON, too long, nested too deep, or names one thing
            twice.
    """
    if len(text) > MAX_BYTES:
        raise ValueError(
            f"A graph in JSON has {MAX_BYTES} bytes at most. This one is longer."
        )
    try:
        return json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise ValueError("No graph in JSON is nested so deep.") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"A graph in JSON is text in UTF-8: {error}.") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, in which no name may be twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(
                f"The name {name[:80]!r} is twice in one object of the JSON."
            )
        found[name] = value
    return found


def arguments(config: Any, max_nodes: int, max_states: int) -> dict[str, Any]:
    """The arguments of a `CellGraph` that a configuration describes.

    Raises:
        ValueError: If it describes none.
    """
    is_graph = isinstance(config, dict) and set(config) == {"nodes", "states"}
    if not is_graph or not all(isinstance(part, dict) for part in config.values()):
        raise ValueError(
            'The config of a graph has "nodes" and "states", each a dictionary. '
            f"Received {str(config)[:100]}."
        )
    for part, most in (("nodes", max_nodes), ("states", max_states)):
        if len(config[part]) > most:
            raise ValueError(
                f"A graph has {most} {part} at most. Received {len(config[part])}."
            )
    return {
        "nodes": [_node(name, settings) for name, settings in config["nodes"].items()],
        "states": config["states"],
    }


def _node(name: Any, settings: Any) -> Node:
    is_node = isinstance(settings, dict) and {"operation", "inputs"} <= set(settings)
    if not is_node or not set(settings) <= FIELDS:
        raise ValueError(
            f"Node {str(name)[:80]!r} has operation and inputs, and may have diagonal "
            f"and bias. Received {str(settings)[:100]}."
        )
    if not isinstance(settings["inputs"], (list, tuple)):
        raise ValueError(
            f"The inputs of node {str(name)[:80]!r} are a list of names. Received "
            f"{str(settings['inputs'])[:80]!r}."
        )
    return Node(name, **settings)
