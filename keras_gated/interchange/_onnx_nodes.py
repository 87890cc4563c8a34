"""The nodes of an ONNX graph that compute what a layer computes."""

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from keras_gated.interchange._onnx_weights import attributes_of, tensors_of
from keras_gated.interchange._weights import KINDS, Array, numpy_array, read_layer
from keras_gated.layers import BernoulliHead, MDNHead

DENSE = (keras.layers.Dense, BernoulliHead, MDNHead)
DENSE_ACTIVATIONS: dict[Any, tuple[str, dict[str, Any]] | None] = {
    keras.activations.linear: None,
    keras.activations.tanh: ("Tanh", {}),
    keras.activations.sigmoid: ("Sigmoid", {}),
    keras.activations.relu: ("Relu", {}),
    keras.activations.softmax: ("Softmax", {"axis": -1}),
}


@dataclass
class Graph:
    """Nodes and constants as they come to be, in float32.

    Attributes:
        onnx: The module.
        nodes: The nodes so far, each after those that it reads.
        constants: The constants that they read.
    """

    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, array: Array) -> str:
        """Adds a constant, and returns its name."""
        contiguous = np.ascontiguousarray(array)
        self.constants.append(self.onnx.numpy_helper.from_array(contiguous, name))
        return name

    def weight(self, name: str, array: Array) -> str:
        """Adds a constant of real numbers, and returns its name."""
        return self.constant(name, array.astype("float32"))

    def node(
        self,
        operator: str,
        inputs: list[str],
        name: str,
        outputs: list[str] | None = None,
        **attributes: Any,
    ) -> str:
        """Adds a node, and returns the name of its output: its own if none is given."""
        outputs = outputs or [name]
        self.nodes.append(
            self.onnx.helper.make_node(operator, inputs, outputs, name, **attributes)
        )
        return next(output for output in outputs if output)


def add_layer(graph: Graph, layer: Any, inputs: str) -> str:
    """Adds the nodes of a layer, and returns the name of what it puts out.

    Raises:
        ValueError: If the layer is not among those that can be written.
    """
    if type(layer) is keras.layers.Dropout:
        return inputs
    if type(getattr(layer, "cell", None)) in KINDS:
        return _add_recurrent(graph, layer, inputs)
    if type(layer) in DENSE:
        return _add_dense(graph, layer, inputs)
    raise ValueError(
        f"The layer {layer.name!r} is a {type(layer).__name__}. Written to ONNX are "
        "the recurrent layers of this package and of Keras, Dense, BernoulliHead, "
        "MDNHead, WeightNoise and the other wrappers of weights around these, and "
        "Dropout."
    )


def _add_recurrent(graph: Graph, layer: Any, inputs: str) -> str:
    for argument in ("go_backwards", "return_state", "stateful"):
        if getattr(layer, argument, False):
            raise ValueError(
                f"The layer {layer.name!r} has {argument}=True, which is not written "
                "to ONNX."
            )
    weights, name = read_layer(layer), layer.name
    names = {
        key: graph.weight(f"{name}/{key}", tensor)
        for key, tensor in tensors_of(weights).items()
    }
    operands = [
        graph.node("Transpose", [inputs], f"{name}/time_major", perm=[1, 0, 2]),
        names["W"],
        names["R"],
        names.get("B", ""),
    ]
    if "P" in names:
        no_lengths_or_states = ["", "", ""]
        operands += [*no_lengths_or_states, names["P"]]
    attributes = attributes_of(weights, name)
    sequences = layer.return_sequences
    # Outputs (time, directions, batch, units), the last one (directions, batch, units).
    raw = graph.node(
        weights.kind,
        operands,
        name,
        [f"{name}/steps"] if sequences else ["", f"{name}/last"],
        **attributes,
    )
    axis = graph.constant(f"{name}/direction", np.array([1 if sequences else 0]))
    squeezed = graph.node("Squeeze", [raw, axis], f"{name}/one_direction")
    if not sequences:
        return squeezed
    return graph.node("Transpose", [squeezed], f"{name}/outputs", perm=[1, 0, 2])


def _add_dense(graph: Graph, layer: Any, inputs: str) -> str:
    if layer.activation not in DENSE_ACTIVATIONS:
        raise ValueError(
            f"The layer {layer.name!r} has the activation "
            f"{keras.activations.serialize(layer.activation)!r}. Dense layers are "
            "written to ONNX with linear, tanh, sigmoid, relu and softmax."
        )
    name = layer.name
    kernel = graph.weight(f"{name}/kernel", numpy_array(layer.kernel))
    outputs = graph.node("MatMul", [inputs, kernel], f"{name}/product")
    if layer.use_bias:
        bias = graph.weight(f"{name}/bias", numpy_array(layer.bias))
        outputs = graph.node("Add", [outputs, bias], f"{name}/sum")
    activation = DENSE_ACTIVATIONS[layer.activation]
    if activation is None:
        return outputs
    operator, attributes = activation
    return graph.node(operator, [outputs], f"{name}/activation", **attributes)
