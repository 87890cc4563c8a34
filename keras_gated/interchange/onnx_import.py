"""Layers from the recurrent nodes of an ONNX model."""

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from keras_gated.interchange._onnx_weights import DEFAULT_ACTIVATIONS, weights_from
from keras_gated.interchange._optional import optional
from keras_gated.interchange._weights import Array, make_layer

INPUTS = {
    "LSTM": ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"),
    "GRU": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
    "RNN": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
}
WEIGHTS = ("W", "R", "B", "P")


def from_onnx(
    model: Any, node: str | None = None, reverse: bool = False, **layer_arguments: Any
) -> Any:
    """Makes a layer with the weights of a recurrent node of an ONNX model.

    `LSTM` becomes `PeepholeLSTM`, with peepholes if the node has them; `GRU` becomes
    `GRU`, with `reset_after` if the node has `linear_before_reset`; `RNN` becomes
    `SimpleRNN`. Lengths and initial states, which a node may be given, are not weights
    and stay behind.

    Args:
        model: An `onnx.ModelProto`, or the path of a file.
        node: The name of the node, or of its first output that is used. Needed if the
            model has several recurrent nodes.
        reverse: Whether the backward direction is wanted. Its layer reads the sequence
            from the end with `go_backwards=True`, and then puts out the last step
            first.
        **layer_arguments: Further arguments of the layer, such as `return_sequences`.

    Returns:
        A built `PeepholeLSTM`, `GRU` or `SimpleRNN`.

    Raises:
        ValueError: If there is no such node, its weights are computed in the graph, or
            it has equations that no layer here has: clipping, coupled gates
            (`input_forget`) or activations other than tanh, sigmoid and relu; if the
            file is broken.
        ImportError: Where onnx is not installed.

    Examples:
        >>> from keras_gated.interchange import from_onnx, to_onnx
        >>> from keras_gated.layers import PeepholeLSTM
        >>> layer = PeepholeLSTM(4)
        >>> layer.build((None, None, 3))
        >>> from_onnx(to_onnx(layer)).count_params() == layer.count_params()
        True
    """
    onnx = optional("onnx")
    if isinstance(model, str | PathLike):
        model = _load(onnx, fspath(model))
    chosen = _choose(model.graph, node)
    name = _name(chosen)
    attributes = _attributes(onnx, chosen, name)
    tensors = _tensors(onnx, model.graph, chosen, name)
    weights = weights_from(chosen.op_type, tensors, attributes, reverse, name)
    return make_layer(weights, **layer_arguments)


def _load(onnx: Any, path: str) -> Any:
    broken = optional("google.protobuf.message", "onnx").DecodeError
    try:
        return onnx.load(path)
    except (broken, onnx.checker.ValidationError) as error:
        raise ValueError(f"{path} is no ONNX model: {error}.") from error


def _choose(graph: Any, name: str | None) -> Any:
    nodes = [node for node in graph.node if node.op_type in DEFAULT_ACTIVATIONS]
    named = [node for node in nodes if name is None or name in (node.name, _name(node))]
    if len(named) == 1:
        return named[0]
    known = [_name(node) for node in nodes]
    if not nodes:
        raise ValueError("The ONNX model has no LSTM, GRU or RNN node.")
    if name is None:
        raise ValueError(
            f"The ONNX model has {len(nodes)} recurrent nodes. Choose one with node=, "
            f"from {known}."
        )
    raise ValueError(f"The ONNX model has no recurrent node {name!r} but {known}.")


def _name(node: Any) -> str:
    """The name of a node; where it has none, that of what it puts out."""
    return node.name or next((output for output in node.output if output), "unnamed")


def _attributes(onnx: Any, node: Any, name: str) -> dict[str, Any]:
    try:
        return {
            attribute.name: _plain(onnx.helper.get_attribute_value(attribute))
            for attribute in node.attribute
        }
    except ValueError as error:
        raise ValueError(
            f"The node {name!r} has an attribute that cannot be read: {error}."
        ) from error


def _tensors(onnx: Any, graph: Any, node: Any, name: str) -> Mapping[str, Array]:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for other in graph.node:
        if other.op_type == "Constant" and len(other.output) == 1:
            for attribute in other.attribute:
                if attribute.name == "value":
                    constants[other.output[0]] = attribute.t
    tensors = {}
    for key, source in zip(INPUTS[node.op_type], node.input, strict=False):
        if key not in WEIGHTS or not source:
            continue
        if source not in constants:
            raise ValueError(
                f"The input {key} of the node {name!r} is computed in the graph. "
                "Weights are read from constants; fold them first."
            )
        try:
            tensors[key] = onnx.numpy_helper.to_array(constants[source])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"The input {key} of the node {name!r} is no whole tensor: {error}."
            ) from error
    return tensors


def _plain(value: Any) -> Any:
    """An attribute with its strings decoded."""
    match value:
        case bytes():
            return value.decode()
        case [bytes(), *_]:
            return [item.decode() for item in value]
    return value
