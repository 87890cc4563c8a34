"""A model as a chain: the layers of one step, and the head that ends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

from keras_gated._keras_layers import origin
from keras_gated.layers import BernoulliHead, MDNHead, SymbolHead, inference_layer
from keras_gated.layers.recurrent_layer import RecurrentLayer

Head: TypeAlias = BernoulliHead | MDNHead

HEADS = (BernoulliHead, MDNHead)

PER_STEP = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.Identity,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
)
"""Layers of Keras that treat every time step alone."""

NEEDED = (
    "Generation needs a chain of recurrent layers of keras_gated, of layers that treat "
    f"every time step alone ({', '.join(layer.__name__ for layer in PER_STEP)}), any "
    "of them in WeightNoise, another wrapper of their weights or TimeDistributed, and "
    "at its end a BernoulliHead, an MDNHead or, for generate_symbols, a SymbolHead."
)


@dataclass(frozen=True)
class Chain:
    """The layers of a model in the order in which a step passes them.

    Attributes:
        layers: Recurrent layers and layers that treat every step alone, without their
            wrappers.
        head: The last layer.
        input_size: Numbers that the model takes at a step.
    """

    layers: tuple[Any, ...]
    head: Head
    input_size: int

    @property
    def recurrent(self) -> list[Any]:
        """Those of the layers that have states."""
        return [layer for layer in self.layers if is_recurrent(layer)]


def is_recurrent(layer: Any) -> bool:
    """Whether a layer of a chain has states."""
    return isinstance(layer, RecurrentLayer)


def read_chain(model: Any) -> Chain:
    """Reads the chain that a model is.

    Args:
        model: A built `Sequential` or functional model.

    Raises:
        ValueError: If it is something else, with the name of the layer that is in
            the way.
    """
    layers = list(layers_of(model))
    if layers and isinstance(layers[-1], SymbolHead):
        raise ValueError(
            f"The model {model.name!r} ends in {named(layers[-1])}, whose symbols "
            "generate_symbols draws."
        )
    if not layers or not isinstance(layers[-1], HEADS):
        end = named(layers[-1]) if layers else "nothing"
        raise ValueError(f"The model {model.name!r} ends in {end}. {NEEDED}")
    *body, head = layers
    for layer in body:
        check_layer(layer)
    input_size = _input_size(model)
    if input_size < head.event_size:
        raise ValueError(
            f"The model {model.name!r} takes {input_size} numbers at a step, and its "
            f"head {head.name!r} predicts {head.event_size}. Generation needs an input "
            "that holds at least one event, since events become the next inputs."
        )
    return Chain(tuple(body), head, input_size)


def layers_of(model: Any) -> Iterator[Any]:
    """All layers from the input to the output, out of their wrappers and models.

    Raises:
        ValueError: If the model is no chain; says where.
    """
    outputs = getattr(model, "outputs", None)
    if not isinstance(model, keras.Model) or outputs is None:
        raise ValueError(
            f"{named(model)} is not a built Sequential or functional model. {NEEDED}"
        )
    if len(outputs) != 1 or len(model.inputs) != 1:
        raise ValueError(
            f"The model {model.name!r} has {len(model.inputs)} inputs and "
            f"{len(outputs)} outputs, not one of each. {NEEDED}"
        )
    backwards = []
    (tensor,) = outputs
    while tensor is not model.inputs[0]:
        operation, call = origin(tensor)
        inputs = call.input_tensors
        if isinstance(call.arguments.kwargs.get("mask"), keras.KerasTensor):
            raise ValueError(_refusal_of_mask(model, operation, inputs[0]))
        if len(inputs) != 1:
            raise ValueError(
                f"{named(operation)} in the model {model.name!r} takes "
                f"{len(inputs)} tensors, so the model is not a chain. {NEEDED}"
            )
        backwards.append(operation)
        (tensor,) = inputs
    for operation in reversed(backwards):
        layer = _unwrapped(operation)
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
        else:
            yield layer


def _refusal_of_mask(model: Any, operation: Any, tensor: Any) -> str:
    source = _masking_layer(tensor)
    of = "" if source is None else f" of {named(source)}"
    return (
        f"{named(operation)} in the model {model.name!r} takes a mask{of}. A masked "
        "step is skipped, and generation draws every step. Build the model without "
        "the mask and give it the same weights; in training the sample weights of "
        "SequenceBatches leave padding out."
    )


def _masking_layer(tensor: Any) -> Any:
    """The layer before `tensor` that makes masks, or `None`."""
    while True:
        operation, call = origin(tensor)
        if isinstance(operation, keras.layers.Masking | keras.layers.Embedding):
            return operation
        inputs = call.input_tensors
        if not inputs:
            return None
        tensor = inputs[0]


def _unwrapped(layer: Any) -> Any:
    layer = inference_layer(layer)
    if isinstance(layer, keras.layers.TimeDistributed):
        return _unwrapped(layer.layer)
    return layer


def check_layer(layer: Any) -> None:
    """Makes sure that a layer before the head can be run step by step.

    Raises:
        ValueError: If it cannot; says why.
    """
    if is_recurrent(layer):
        if layer.go_backwards:
            raise ValueError(
                f"{named(layer)} goes backwards. Generation knows the past only; it "
                "needs go_backwards=False."
            )
        if not layer.return_sequences:
            raise ValueError(
                f"{named(layer)} returns its last output only. Generation needs "
                "return_sequences=True."
            )
    elif isinstance(layer, keras.layers.Bidirectional):
        raise ValueError(
            f"{named(layer)} looks into the future. Generation knows the past only; "
            "it needs a recurrent layer of one direction."
        )
    elif isinstance(layer, (*HEADS, SymbolHead)) or not isinstance(layer, PER_STEP):
        raise ValueError(f"{named(layer)} cannot be run step by step. {NEEDED}")


def _input_size(model: Any) -> int:
    shape = model.inputs[0].shape
    if len(shape) != 3 or shape[-1] is None:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape {tuple(shape)}. "
            "Generation needs (batch, time, features) with a known number of features."
        )
    return int(shape[-1])


def named(operation: Any) -> str:
    """What messages call a layer."""
    name = getattr(operation, "name", None)
    kind = type(operation).__name__
    return kind if name is None else f"{kind} {name!r}"
