"""Weights from and to `torch.nn.LSTM`, `GRU` and `RNN`."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_gated.interchange._optional import optional
from keras_gated.interchange._weights import (
    GATES,
    Array,
    Kind,
    RecurrentWeights,
    both_biases,
    check_plain,
    make_layer,
    read_layer,
    regrouped,
)
from keras_gated.layers import inference_layer

# Torch has i, f, g, o and r, z, n. Each order leads to ours and back.
ORDER: dict[Kind, tuple[int, ...]] = {
    "LSTM": (0, 1, 2, 3),
    "GRU": (1, 0, 2),
    "RNN": (0,),
}

RNN_ACTIVATIONS = (keras.activations.tanh, keras.activations.relu)


def from_torch(
    module: Any,
    layer: int = 0,
    reverse: bool = False,
    prefix: str = "",
    **layer_arguments: Any,
) -> Any:
    r"""Makes a layer with the weights of one layer of a `torch.nn` module.

    `torch.nn.LSTM` becomes `PeepholeLSTM(use_peepholes=False)`, `GRU` becomes
    `GRU(reset_after=True)`, `RNN` becomes `SimpleRNN`. The gates change their order,
    and the two biases of the LSTM and the RNN become their sum.

    Args:
        module: A `torch.nn.LSTM`, `GRU` or `RNN`, or the `state_dict` of one, with
            tensors or NumPy arrays; for the latter torch need not be installed. A
            `state_dict` does not tell tanh from relu: pass `activation="relu"`.
        layer: Which layer of a deep module.
        reverse: Whether the backward direction of a bidirectional module is wanted.
            Its layer reads the sequence from the end with `go_backwards=True`, and
            then puts out the last step first.
        prefix: What stands before the names of the weights in the `state_dict` of a
            larger model, such as `"encoder.lstm."`.
        **layer_arguments: Further arguments of the layer, such as `return_sequences`.

    Returns:
        A built `PeepholeLSTM`, `GRU` or `SimpleRNN`.

    Raises:
        ValueError: If it is neither a module nor a `state_dict`, if there are no such
            weights, or if the module projects its output (`proj_size`).

    Examples:
        >>> import numpy as np
        >>> from keras_gated.interchange import from_torch
        >>> state = {"weight_ih_l0": np.ones((12, 3)), "weight_hh_l0": np.ones((12, 4))}
        >>> layer = from_torch(state, return_sequences=True)
        >>> type(layer).__name__, layer.units, layer.cell.use_bias
        ('GRU', 4, False)
    """
    if not isinstance(module, Mapping) and not hasattr(module, "state_dict"):
        raise ValueError(
            "from_torch needs a torch.nn.LSTM, GRU or RNN, or its state_dict. "
            f"Received: a {type(module).__name__}."
        )
    state = module if isinstance(module, Mapping) else module.state_dict()
    suffix = f"l{layer}_reverse" if reverse else f"l{layer}"
    found = {
        name: _as_array(state[key])
        for name in ("weight_ih", "weight_hh", "weight_hr", "bias_ih", "bias_hh")
        if (key := f"{prefix}{name}_{suffix}") in state
    }
    if "weight_hr" in found:
        raise ValueError(
            "The torch module has a proj_size: its output is W_hr h, that of the "
            "layers of this package h itself."
        )
    _check_complete(found, f"{prefix}*_{suffix}", state)
    _check_shapes(found, f"{prefix}*_{suffix}")
    kernel, recurrent_kernel = found["weight_ih"].T, found["weight_hh"].T
    units = len(recurrent_kernel)
    gates, rest = divmod(recurrent_kernel.shape[1], units)
    kind = None if rest else GATES.get(gates)
    if kind is None:
        raise ValueError(
            f"{prefix}weight_hh_{suffix} has the shape {found['weight_hh'].shape}. "
            "An LSTM has (4 units, units), a GRU (3 units, units), an RNN "
            "(units, units)."
        )
    order = ORDER[kind]
    bias = None
    if "bias_ih" in found:
        biases = (regrouped(found[name], order) for name in ("bias_ih", "bias_hh"))
        bias = both_biases(kind, *biases)
    is_relu = getattr(module, "mode", None) == "RNN_RELU"
    weights = RecurrentWeights(
        kind=kind,
        kernel=regrouped(kernel, order),
        recurrent_kernel=regrouped(recurrent_kernel, order),
        bias=bias,
        reset_after=kind == "GRU",
        activation=keras.activations.relu if is_relu else keras.activations.tanh,
    )
    return make_layer(weights, **layer_arguments)


def to_torch(layer: Any) -> Any:
    """Makes a `torch.nn` module with the weights of a layer.

    Works on every Keras backend. The second bias of a `torch.nn.LSTM` or `RNN` is
    zero, so that the sum of the two is the bias of the layer.

    Args:
        layer: A built recurrent layer of this package or of `keras.layers`, or one
            in `WeightNoise` or another wrapper of its weights.

    Returns:
        A `torch.nn.LSTM`, `GRU` or `RNN` with `batch_first=True`, on the CPU.

    Raises:
        ValueError: If torch has other equations: for peepholes, for a reset gate before
            the matrix product, for other activations than tanh and sigmoid (an RNN
            may have relu), for zoneout and for `go_backwards`.
        ImportError: Where torch is not installed.

    Examples:
        >>> from keras_gated.interchange import to_torch
        >>> from keras_gated.layers import GRU
        >>> layer = GRU(4, reset_after=True)
        >>> layer.build((None, None, 3))
        >>> to_torch(layer)
        GRU(3, 4, batch_first=True)
    """
    weights = read_layer(layer)
    kind, order = weights.kind, ORDER[weights.kind]
    peer = f"torch.nn.{kind}"
    check_plain(
        weights, peer, RNN_ACTIVATIONS if kind == "RNN" else RNN_ACTIVATIONS[:1]
    )
    if getattr(inference_layer(layer), "go_backwards", False):
        raise ValueError(
            f"{peer} starts at the first step, a layer with go_backwards=True at the "
            "last one."
        )
    state = {
        "weight_ih_l0": regrouped(weights.kernel, order).T,
        "weight_hh_l0": regrouped(weights.recurrent_kernel, order).T,
    }
    if weights.bias is not None:
        bias = regrouped(weights.bias, order)
        state["bias_ih_l0"], state["bias_hh_l0"] = (
            bias if kind == "GRU" else (bias, np.zeros_like(bias))
        )
    torch = optional("torch")
    options = {"nonlinearity": weights.activation.__name__} if kind == "RNN" else {}
    module = getattr(torch.nn, kind)(
        weights.features,
        weights.units,
        batch_first=True,
        bias=weights.bias is not None,
        dtype=getattr(torch, str(weights.kernel.dtype)),
        device="cpu",
        **options,
    )
    module.load_state_dict(
        {name: torch.from_numpy(array.copy()) for name, array in state.items()}
    )
    return module


def _as_array(tensor: Any) -> Array:
    if hasattr(tensor, "detach"):
        # NumPy lacks bfloat16.
        tensor = tensor.detach().cpu().double().numpy()
    return np.asarray(tensor)


def _check_shapes(found: Mapping[str, Array], pattern: str) -> None:
    rows = len(found["weight_hh"]) if found["weight_hh"].ndim else 0
    units = found["weight_hh"].shape[-1] if found["weight_hh"].ndim == 2 else 0
    features = found["weight_ih"].shape[-1] if found["weight_ih"].ndim == 2 else 0
    wanted: dict[str, tuple[int, ...]] = {
        "weight_ih": (rows, features),
        "weight_hh": (rows, units),
        "bias_ih": (rows,),
        "bias_hh": (rows,),
    }
    shapes = {name: array.shape for name, array in found.items()}
    if not rows * units * features or any(wanted[n] != s for n, s in shapes.items()):
        raise ValueError(
            f"The weights {pattern} have the shapes {shapes}. weight_ih must be "
            "(gates * units, features), weight_hh (gates * units, units), and each "
            "bias (gates * units,)."
        )


def _check_complete(
    found: Mapping[str, Array], pattern: str, state: Mapping[str, Any]
) -> None:
    missing = [name for name in ("weight_ih", "weight_hh") if name not in found]
    if ("bias_ih" in found) != ("bias_hh" in found):
        missing += [name for name in ("bias_ih", "bias_hh") if name not in found]
    if missing:
        raise ValueError(
            f"There is no {' and no '.join(missing)} among the weights {pattern}. The "
            f"module or state_dict has {sorted(state)}."
        )
