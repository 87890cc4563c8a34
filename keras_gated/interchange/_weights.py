"""The form in which recurrent weights change from one framework to another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import numpy.typing as npt

from keras_gated._types import Tensor
from keras_gated.layers import (
    GRU,
    GRUCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    inference_layer,
)

Array = npt.NDArray[Any]
Activation = Callable[[Tensor], Tensor]
Kind = Literal["LSTM", "GRU", "RNN"]

KINDS: dict[type, Kind] = {
    PeepholeLSTMCell: "LSTM",
    keras.layers.LSTMCell: "LSTM",
    GRUCell: "GRU",
    keras.layers.GRUCell: "GRU",
    SimpleRNNCell: "RNN",
    keras.layers.SimpleRNNCell: "RNN",
}

GATES: dict[int, Kind] = {4: "LSTM", 3: "GRU", 1: "RNN"}
"""What has so many blocks of columns."""


@dataclass(frozen=True)
class RecurrentWeights:
    """The arrays and the equations of a recurrent layer.

    The columns of gates are in the order of this package: i, f, c, o or z, r, h.

    Attributes:
        kind: Which equations.
        kernel: `(features, gates * units)`.
        recurrent_kernel: `(units, gates * units)`.
        bias: `(gates * units,)`, or `(2, gates * units)` with `reset_after`.
        peepholes: `(3, units)`, rows i, f, o.
        reset_after: Whether the reset gate acts after the matrix product.
        activation: That of the candidate, and of the cell state on its way out.
        recurrent_activation: That of the gates.
    """

    kind: Kind
    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None
    peepholes: Array | None = None
    reset_after: bool = False
    activation: Activation = keras.activations.tanh
    recurrent_activation: Activation = keras.activations.sigmoid

    @property
    def features(self) -> int:
        return len(self.kernel)

    @property
    def units(self) -> int:
        return len(self.recurrent_kernel)


def read_layer(layer: Any) -> RecurrentWeights:
    """The weights of a built recurrent layer of this package or of Keras."""
    layer = inference_layer(layer)
    cell: Any = getattr(layer, "cell", None)
    if type(cell) not in KINDS:
        raise ValueError(
            "Weights are moved from one recurrent layer of keras_gated.layers or "
            f"keras.layers. Received {layer!r}."
        )
    check_built(layer)
    check_without_zoneout(layer)
    kind = KINDS[type(cell)]
    return RecurrentWeights(
        kind=kind,
        kernel=numpy_array(cell.kernel),
        recurrent_kernel=numpy_array(cell.recurrent_kernel),
        bias=numpy_array(cell.bias) if cell.use_bias else None,
        peepholes=_peepholes(cell),
        reset_after=kind == "GRU" and cell.reset_after,
        activation=cell.activation,
        recurrent_activation=getattr(
            cell, "recurrent_activation", keras.activations.sigmoid
        ),
    )


def make_layer(weights: RecurrentWeights, **arguments: Any) -> Any:
    """A built layer of this package with these weights.

    Raises:
        ValueError: If the arrays do not fit each other.
    """
    _check_shapes(weights)
    given: dict[str, Any] = {
        "activation": weights.activation,
        "use_bias": weights.bias is not None,
    }
    if weights.kind != "RNN":
        given["recurrent_activation"] = weights.recurrent_activation
    if weights.kind == "LSTM":
        given["use_peepholes"] = weights.peepholes is not None
    if weights.kind == "GRU":
        given["reset_after"] = weights.reset_after
    make = {"LSTM": PeepholeLSTM, "GRU": GRU, "RNN": SimpleRNN}[weights.kind]
    layer = make(weights.units, **{**given, **arguments})
    layer.build((None, None, weights.features))
    arrays = (
        weights.kernel,
        weights.recurrent_kernel,
        weights.bias,
        weights.peepholes,
    )
    layer.set_weights([array for array in arrays if array is not None])
    return layer


def _check_shapes(weights: RecurrentWeights) -> None:
    units, features = weights.units, weights.features
    columns = next(n for n, kind in GATES.items() if kind == weights.kind) * units
    wanted = {
        "kernel": (features, columns),
        "recurrent_kernel": (units, columns),
        "bias": (2, columns) if weights.reset_after else (columns,),
        "peepholes": (3, units),
    }
    for name, shape in wanted.items():
        array: Array | None = getattr(weights, name)
        if array is not None and (array.shape != shape or array.size == 0):
            raise ValueError(
                f"The {name} of the {weights.kind} has the shape {array.shape}, not "
                f"{shape}, for {units} units."
            )


def check_built(layer: Any) -> None:
    """Makes sure that a layer has weights."""
    if not layer.built:
        raise ValueError(
            f"The layer {layer.name!r} has no weights yet. Call it on data, or build "
            "it: layer.build((None, None, features))."
        )


def check_without_zoneout(layer: Any) -> None:
    """Makes sure that a layer computes at inference what its peers compute."""
    zoneout = getattr(layer.cell, "zoneout", 0)
    if np.any(zoneout):
        raise ValueError(
            f"The layer {layer.name!r} has zoneout={zoneout}, so at inference a state "
            "is a mixture of the one before a step and the one after it. Only layers "
            "of this package compute that; with zoneout=0 the weights can be moved."
        )


def numpy_array(variable: Any) -> Array:
    """The values of a variable, in float32 unless they are in float64."""
    dtype = "float64" if variable.dtype == "float64" else "float32"
    return np.asarray(keras.ops.convert_to_numpy(variable), dtype)


def regrouped(array: Array, order: Sequence[int]) -> Array:
    """The blocks of the last axis, one for each gate, in another order."""
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[number] for number in order], axis=-1)


def both_biases(kind: Kind, bias: Array, recurrent_bias: Array) -> Array:
    """The bias of a layer whose peer has one in each of the two products.

    Only the GRU, whose reset gate acts on the second one, tells them apart.

    Raises:
        ValueError: If they have different shapes.
    """
    if bias.shape != recurrent_bias.shape:
        raise ValueError(
            f"The {kind} has biases of different shapes, {bias.shape} and "
            f"{recurrent_bias.shape}."
        )
    if kind == "GRU":
        return np.stack([bias, recurrent_bias])
    return bias + recurrent_bias


def check_plain(
    weights: RecurrentWeights,
    peer: str,
    activations: Sequence[Activation] = (keras.activations.tanh,),
) -> None:
    """Makes sure that a peer without options has the equations of a layer.

    Raises:
        ValueError: If an equation differs; says which.
    """
    if weights.peepholes is not None:
        raise ValueError(
            f"{peer} has no peepholes, so its gates do not see the cell state. Only "
            "PeepholeLSTM(use_peepholes=False) has its equations."
        )
    if weights.kind == "GRU" and not weights.reset_after:
        raise ValueError(
            f"{peer} applies the reset gate after the matrix product, r * (U h), this "
            "layer before it, U (r * h). Only GRU(reset_after=True) has its equations."
        )
    for argument, found, known in (
        ("activation", weights.activation, activations),
        (
            "recurrent_activation",
            weights.recurrent_activation,
            (keras.activations.sigmoid,),
        ),
    ):
        if found not in known:
            names = " or ".join(function.__name__ for function in known)
            raise ValueError(
                f"{peer} computes with {argument}={names}, this layer with "
                f"{keras.activations.serialize(found)!r}."
            )


def _peepholes(cell: Any) -> Array | None:
    kernel = getattr(cell, "peephole_kernel", None)
    return None if kernel is None else numpy_array(kernel)
