"""What this package knows of Keras' layers beyond what Keras documents.

As seen in Keras 3.15.1:

- `_flatten_layers` gives a layer and all layers inside it, each once;
- `_trainable_variables` and `_non_trainable_variables` are the variables that a layer
  made itself, frozen or not;
- `_keras_history` of a symbolic tensor names the operation that made it and the number
  of the call, and `_inbound_nodes` of that operation are its calls.
"""

from collections.abc import Iterator
from typing import Any

import keras


def all_layers(layer: Any) -> Iterator[Any]:
    """The layer, and all layers inside it."""
    yield from layer._flatten_layers()


def own_variables(layer: Any) -> list[Any]:
    """The variables of a layer that are not those of a layer inside it."""
    return [*layer._trainable_variables, *layer._non_trainable_variables]


def origin(tensor: keras.KerasTensor) -> tuple[Any, Any]:
    """The operation that made a symbolic tensor, and its call."""
    operation, node, _ = tensor._keras_history
    return operation, operation._inbound_nodes[node]
