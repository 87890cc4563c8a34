"""Checks of what the functions of this package are given."""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
from keras import ops, tree

LayerGates: TypeAlias = Mapping[str, Any]
"""Arrays `(batch, time, units)` of one layer by their names."""

Gates: TypeAlias = LayerGates | Mapping[str, LayerGates]
"""The same, or for each layer by its name."""


def is_one_layer(values: Mapping[str, Any]) -> bool:
    """Whether the mapping has no level of layers."""
    return not all(isinstance(value, Mapping) for value in values.values())


def by_layer(gates: Gates) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of each layer; a layer given alone has an empty name."""
    if not isinstance(gates, Mapping) or not gates:
        raise ValueError(
            "Needed are the gates of a layer, a dictionary of arrays by their names, "
            "or a dictionary of such by the names of layers. Received "
            f"{gates if isinstance(gates, Mapping) else type(gates).__name__}."
        )
    layers = {"": gates} if is_one_layer(gates) else gates
    return {
        layer: {name: steps(f"{layer} {name}".strip(), x) for name, x in of.items()}
        for layer, of in layers.items()
    }


def steps(name: str, values: Any) -> np.ndarray:
    """`values` as an array `(batch, time, units)`."""
    array = ops.convert_to_numpy(values)
    if array.ndim != 3 or not array.size:
        raise ValueError(
            f"{name} must be an array (batch, time, units) that is not empty. Received "
            f"one of shape {array.shape}."
        )
    return array


def step_weights(mask: Any, name: str, values: np.ndarray) -> np.ndarray:
    """The weight of each step of `values`, `(batch, time)`: 1 without a mask."""
    shape = values.shape[:2]
    if mask is None:
        return np.ones(shape)
    weights = ops.convert_to_numpy(mask).astype("float64")
    if weights.shape != shape:
        raise ValueError(
            f"The mask must have the shape (batch, time), which is {shape} for {name}. "
            f"Received one of shape {weights.shape}."
        )
    if not (np.all(np.isfinite(weights)) and np.all(weights >= 0) and weights.any()):
        raise ValueError(
            "The mask must hold booleans or weights that are finite and not negative, "
            "and leave at least one step."
        )
    return weights


def pieces(arrays: Any, batch_size: int) -> Iterator[Any]:
    """Arrays, alone or nested, cut along their first axis."""
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive. Received {batch_size}.")
    arrays = tree.map_structure(ops.convert_to_numpy, arrays)
    shapes = [array.shape for array in tree.flatten(arrays)]
    lengths = {shape[:1] for shape in shapes}
    if len(lengths) != 1 or lengths <= {(), (0,)}:
        raise ValueError(
            "All arrays must have the same number of sequences, at least one, on their "
            f"first axis. Received arrays of the shapes {shapes}."
        )
    for start in range(0, shapes[0][0], batch_size):
        piece = itemgetter(slice(start, start + batch_size))
        yield tree.map_structure(piece, arrays)
