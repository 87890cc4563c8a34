"""A model of symbols as a chain: vectors of symbols, the layers of a step, the head."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keras_gated.generation._chain import NEEDED, check_layer, layers_of, named
from keras_gated.layers import OneHot, SymbolHead


@dataclass(frozen=True)
class SymbolChain:
    """The layers of a model in the order in which a step passes them.

    Attributes:
        vectors: What the first layer is given for each symbol, `(num_symbols, size)`.
        layers: Recurrent layers and layers that treat every step alone.
        head: The last layer.
    """

    vectors: npt.NDArray[Any]
    layers: tuple[Any, ...]
    head: SymbolHead


def read_symbol_chain(model: Any) -> SymbolChain:
    """Reads the chain that a model is.

    Args:
        model: A built `Sequential` or functional model.

    Raises:
        ValueError: If it is something else, with the name of the layer that is in
            the way.
    """
    layers = list(layers_of(model))
    if not layers or not isinstance(layers[-1], SymbolHead):
        end = named(layers[-1]) if layers else "nothing"
        raise ValueError(
            f"generate_symbols needs a model that ends in a SymbolHead. "
            f"{model.name!r} ends in {end}. {NEEDED}"
        )
    *body, head = layers
    vectors, body = _vectors(model, body)
    if len(vectors) != head.num_symbols:
        raise ValueError(
            f"The model {model.name!r} takes {len(vectors)} symbols, and its head "
            f"{head.name!r} predicts {head.num_symbols}. They must be the same, since "
            "what is drawn is the next input."
        )
    for layer in body:
        check_layer(layer)
    return SymbolChain(vectors, tuple(body), head)


def _vectors(model: Any, body: list[Any]) -> tuple[npt.NDArray[Any], list[Any]]:
    """The vector of each symbol, and the layers that are left."""
    if body and isinstance(body[0], OneHot):
        return np.eye(body[0].num_symbols, dtype="float32"), body[1:]
    if body and isinstance(body[0], keras.layers.Embedding):
        return ops.convert_to_numpy(body[0].embeddings), body[1:]
    shape = model.inputs[0].shape
    if len(shape) != 3 or shape[-1] is None:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape {tuple(shape)} without a "
            "OneHot or an Embedding. generate_symbols needs one of these first, or "
            "inputs (batch, time, num_symbols)."
        )
    return np.eye(int(shape[-1]), dtype="float32"), body
