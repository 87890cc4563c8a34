"""The equations and tensors of ONNX' recurrent operators, and ours."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_gated.interchange._weights import (
    Activation,
    Array,
    Kind,
    RecurrentWeights,
    both_biases,
    regrouped,
)

# ONNX has i, o, f, c and z, r, h; peepholes i, o, f.
TO_ONNX: dict[Kind, tuple[int, ...]] = {
    "LSTM": (0, 3, 1, 2),
    "GRU": (0, 1, 2),
    "RNN": (0,),
}
FROM_ONNX: dict[Kind, tuple[int, ...]] = {
    "LSTM": (0, 2, 3, 1),
    "GRU": (0, 1, 2),
    "RNN": (0,),
}
PEEPHOLES = (0, 2, 1)

ACTIVATIONS: dict[str, Activation] = {
    "Tanh": keras.activations.tanh,
    "Sigmoid": keras.activations.sigmoid,
    "Relu": keras.activations.relu,
}
DEFAULT_ACTIVATIONS: dict[Kind, tuple[str, ...]] = {
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
    "GRU": ("Sigmoid", "Tanh"),
    "RNN": ("Tanh",),
}


def tensors_of(weights: RecurrentWeights) -> dict[str, Array]:
    """The inputs W, R, B and P of a node of one direction; B and P if there are any."""
    order = TO_ONNX[weights.kind]
    tensors = {
        "W": regrouped(weights.kernel, order).T[None],
        "R": regrouped(weights.recurrent_kernel, order).T[None],
    }
    if weights.bias is not None:
        bias = regrouped(weights.bias, order)
        rows = bias if weights.reset_after else (bias, np.zeros_like(bias))
        tensors["B"] = np.concatenate(rows)[None]
    if weights.peepholes is not None:
        tensors["P"] = weights.peepholes[list(PEEPHOLES)].reshape(1, -1)
    return tensors


def attributes_of(weights: RecurrentWeights, name: str) -> dict[str, Any]:
    """The attributes of a node.

    Raises:
        ValueError: If ONNX does not know the activations; names the layer.
    """
    gates = [_name_of(weights.recurrent_activation, name)]
    candidate = [_name_of(weights.activation, name)]
    attributes: dict[str, Any] = {"hidden_size": weights.units}
    match weights.kind:
        case "LSTM":
            attributes["activations"] = gates + 2 * candidate
        case "GRU":
            attributes["activations"] = gates + candidate
            attributes["linear_before_reset"] = int(weights.reset_after)
        case "RNN":
            attributes["activations"] = candidate
    return attributes


def weights_from(
    kind: Kind,
    tensors: Mapping[str, Array],
    attributes: Mapping[str, Any],
    reverse: bool,
    name: str,
) -> RecurrentWeights:
    """The weights of one direction of a node.

    Raises:
        ValueError: If the node has equations that no layer of this package has.
    """
    direction = _direction(attributes.get("direction", "forward"), reverse, name)
    activation, recurrent_activation = _activations(kind, attributes, direction, name)
    if attributes.get("clip") is not None:
        raise ValueError(
            f"The node {name!r} clips the inputs of its activations to "
            f"{attributes['clip']}; the layers of this package do not clip."
        )
    if attributes.get("input_forget"):
        raise ValueError(
            f"The node {name!r} couples its gates, f = 1 - i (input_forget=1); "
            "PeepholeLSTM has both."
        )
    _check_shapes(kind, tensors, direction, name)
    own = {key: np.asarray(tensor)[direction] for key, tensor in tensors.items()}
    order = FROM_ONNX[kind]
    reset_after = kind == "GRU" and bool(attributes.get("linear_before_reset"))
    bias = None
    if "B" in own:
        first, second = (regrouped(half, order) for half in np.split(own["B"], 2))
        # Only after the product does the reset gate act on the second bias alone.
        bias = both_biases("GRU" if reset_after else "RNN", first, second)
    peepholes = None
    if "P" in own:
        peepholes = own["P"].reshape(3, -1)[list(PEEPHOLES)]
    return RecurrentWeights(
        kind=kind,
        kernel=regrouped(own["W"].T, order),
        recurrent_kernel=regrouped(own["R"].T, order),
        bias=bias,
        peepholes=peepholes,
        reset_after=reset_after,
        activation=activation,
        recurrent_activation=recurrent_activation,
    )


def _check_shapes(
    kind: Kind, tensors: Mapping[str, Array], direction: int, name: str
) -> None:
    shapes = {key: tensor.shape for key, tensor in tensors.items()}
    recurrent, inputs = shapes.get("R", ()), shapes.get("W", ())
    units = recurrent[-1] if len(recurrent) == 3 else 0
    directions = recurrent[0] if units else 0
    rows = len(FROM_ONNX[kind]) * units
    wanted = {
        "W": (directions, rows, inputs[-1] if len(inputs) == 3 else 0),
        "R": (directions, rows, units),
        "B": (directions, 2 * rows),
        "P": (directions, 3 * units),
    }
    if directions <= direction or any(wanted[k] != s for k, s in shapes.items()):
        raise ValueError(
            f"The node {name!r} has weights of the shapes {shapes}. An {kind} of "
            f"{units} units and {directions} directions has {wanted}."
        )


def _name_of(activation: Activation, layer: str) -> str:
    for name, known in ACTIVATIONS.items():
        if activation is known:
            return name
    raise ValueError(
        f"The layer {layer!r} has the activation "
        f"{keras.activations.serialize(activation)!r}. Recurrent layers are written to "
        "ONNX with tanh, sigmoid and relu."
    )


def _direction(found: str, reverse: bool, name: str) -> int:
    if found == "bidirectional":
        return int(reverse)
    if reverse != (found == "reverse"):
        raise ValueError(
            f"The node {name!r} has the direction {found!r} alone. Pass "
            f"reverse={not reverse}."
        )
    return 0


def _activations(
    kind: Kind, attributes: Mapping[str, Any], direction: int, name: str
) -> tuple[Activation, Activation]:
    defaults = DEFAULT_ACTIVATIONS[kind]
    found = attributes.get("activations") or 2 * defaults
    if not isinstance(found, list | tuple):
        raise ValueError(
            f"The node {name!r} has the activations {found!r}, not names of them."
        )
    own = found[direction * len(defaults) : (direction + 1) * len(defaults)]
    if len(own) != len(defaults):
        raise ValueError(
            f"The node {name!r} needs {len(defaults)} activations for each direction. "
            f"It has {list(found)}."
        )
    strangers = [activation for activation in own if activation not in ACTIVATIONS]
    if strangers:
        raise ValueError(
            f"The node {name!r} has the activations {strangers}. Those read from ONNX "
            f"are {', '.join(ACTIVATIONS)}."
        )
    if kind == "LSTM" and own[1] != own[2]:
        raise ValueError(
            f"The node {name!r} has {own[1]} for its candidate and {own[2]} for its "
            "output; PeepholeLSTM has one activation for both."
        )
    functions = [ACTIVATIONS[activation] for activation in own]
    if kind == "RNN":
        return functions[0], keras.activations.sigmoid
    return functions[1], functions[0]
