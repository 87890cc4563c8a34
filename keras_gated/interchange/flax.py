"""Weights from and to the recurrent cells of flax."""

from collections.abc import Mapping
from typing import Any

import numpy as np

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

LETTERS: dict[Kind, tuple[str, ...]] = {
    "LSTM": ("i", "f", "g", "o"),
    "GRU": ("z", "r", "n"),
    "RNN": ("",),
}
"""What flax calls our gates i, f, c, o and z, r, h, behind `i` for the input and `h`
for the state."""

# One matrix for all gates, in the order i, f, g, o or r, z, n.
FUSED_ORDER: dict[Kind, tuple[int, ...]] = {
    "LSTM": (0, 1, 2, 3),
    "GRU": (1, 0, 2),
    "RNN": (0,),
}

CELLS: dict[Kind, str] = {"LSTM": "LSTMCell", "GRU": "GRUCell", "RNN": "SimpleCell"}

Dense = tuple[Array, Array]


def from_flax(params: Mapping[str, Any], **layer_arguments: Any) -> Any:
    """Makes a layer with the parameters of a flax cell.

    Takes those of `LSTMCell`, `OptimizedLSTMCell`, `GRUCell` and `SimpleCell`, of
    `flax.linen` or of `flax.nnx`. They become `PeepholeLSTM(use_peepholes=False)`,
    `GRU(reset_after=True)` and `SimpleRNN`. Flax need not be installed.

    The parameters do not say which activations a cell has, or whether a `SimpleCell`
    is residual: they are taken for those of a cell with flax's defaults.

    Args:
        params: Nested dictionary of arrays, with or without the level `"params"`; for
            nnx `nnx.to_pure_dict(nnx.state(cell))`.
        **layer_arguments: Further arguments of the layer, such as `return_sequences`.

    Returns:
        A built `PeepholeLSTM`, `GRU` or `SimpleRNN`.

    Raises:
        ValueError: If they are the parameters of something else.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.interchange import from_flax
        >>> params = {
        ...     "i": {"kernel": np.ones((3, 4)), "bias": np.ones(4)},
        ...     "h": {"kernel": np.ones((4, 4))},
        ... }
        >>> type(from_flax(params)).__name__
        'SimpleRNN'
    """
    tree = params.get("params", params) if isinstance(params, Mapping) else params
    if not isinstance(tree, Mapping):
        raise ValueError(
            "from_flax needs the parameters of a cell as a nested dictionary of "
            f"arrays. Received: a {type(tree).__name__}."
        )
    # The attribute of an nnx cell cannot be called "if".
    tree = {name.rstrip("_"): value for name, value in tree.items()}
    if set(tree) == {"dense_i", "dense_h"}:
        kind, (kernel, bias), (recurrent_kernel, recurrent_bias) = _fused(tree)
    else:
        kind, (kernel, bias), (recurrent_kernel, recurrent_bias) = _by_gate(tree)
    weights = RecurrentWeights(
        kind=kind,
        kernel=kernel,
        recurrent_kernel=recurrent_kernel,
        bias=both_biases(kind, bias, recurrent_bias),
        reset_after=kind == "GRU",
    )
    return make_layer(weights, **layer_arguments)


def to_flax(layer: Any) -> dict[str, dict[str, Array]]:
    """Returns the parameters of the flax cell that computes what a layer computes.

    They are for `OptimizedLSTMCell`, `LSTMCell`, `GRUCell` and `SimpleCell` of
    `flax.linen` with their default arguments. Flax need not be installed.

    Args:
        layer: A built recurrent layer of this package or of `keras.layers`, or one
            in `WeightNoise` or another wrapper of its weights.

    Returns:
        What `cell.apply({"params": ...}, carry, inputs)` takes, as NumPy arrays.

    Raises:
        ValueError: If flax has other equations: for peepholes, for a reset gate before
            the matrix product, for other activations than tanh and sigmoid, for
            zoneout, and for a layer without bias.

    Examples:
        >>> from keras_gated.interchange import to_flax
        >>> from keras_gated.layers import GRU
        >>> layer = GRU(4, reset_after=True)
        >>> layer.build((None, None, 3))
        >>> sorted(to_flax(layer))
        ['hn', 'hr', 'hz', 'in', 'ir', 'iz']
    """
    weights = read_layer(layer)
    kind, letters = weights.kind, LETTERS[weights.kind]
    peer = f"flax.linen.{CELLS[kind]}"
    check_plain(weights, peer)
    if weights.bias is None:
        raise ValueError(f"{peer} adds a bias, this layer with use_bias=False none.")
    kernels = _split(weights.kernel, letters, "i")
    recurrent_kernels = _split(weights.recurrent_kernel, letters, "h")
    tree = {
        name: {"kernel": kernel}
        for name, kernel in {**kernels, **recurrent_kernels}.items()
    }
    for name, bias in _biases(kind, weights.bias).items():
        tree[name]["bias"] = bias
    return tree


def _biases(kind: Kind, bias: Array) -> dict[str, Array]:
    """The biases by the names of the parts of a linen cell that have one."""
    letters = LETTERS[kind]
    if kind != "GRU":
        return _split(bias, letters, "h" if kind == "LSTM" else "i")
    # Two biases of the candidate; of the gates only their sum counts.
    first, second = (np.split(row, len(letters)) for row in bias)
    return {
        "iz": first[0] + second[0],
        "ir": first[1] + second[1],
        "in": first[2],
        "hn": second[2],
    }


def _split(array: Array, letters: tuple[str, ...], side: str) -> dict[str, Array]:
    blocks = np.split(array, len(letters), axis=-1)
    return {
        f"{side}{letter}": block for letter, block in zip(letters, blocks, strict=True)
    }


def _fused(tree: Mapping[str, Any]) -> tuple[Kind, Dense, Dense]:
    inputs, state = (_dense(tree[name]) for name in ("dense_i", "dense_h"))
    units, columns = state[0].shape
    gates, rest = divmod(columns, units)
    kind = None if rest else GATES.get(gates)
    if kind is None:
        raise ValueError(
            f"The kernel of dense_h has the shape {state[0].shape}. An LSTM has "
            "(units, 4 units), a GRU (units, 3 units), a simple cell (units, units)."
        )
    ordered = [
        (regrouped(kernel, FUSED_ORDER[kind]), regrouped(bias, FUSED_ORDER[kind]))
        for kernel, bias in (inputs, state)
    ]
    return kind, ordered[0], ordered[1]


def _by_gate(tree: Mapping[str, Any]) -> tuple[Kind, Dense, Dense]:
    for kind, letters in LETTERS.items():
        sides = [[f"{side}{letter}" for letter in letters] for side in ("i", "h")]
        if set(tree) == {name for names in sides for name in names}:
            inputs, state = (
                _joined([_dense(tree[name]) for name in names]) for names in sides
            )
            return kind, inputs, state
    raise ValueError(
        f"These are not the parameters of a flax LSTMCell, OptimizedLSTMCell, GRUCell "
        f"or SimpleCell. Received the names {sorted(tree)}."
    )


def _dense(entry: Mapping[str, Any]) -> Dense:
    """The kernel and the bias, zeros if there is none."""
    if not isinstance(entry, Mapping) or "kernel" not in entry:
        raise ValueError("A part of the flax cell has no kernel.")
    kernel = np.asarray(entry["kernel"])
    columns = kernel.shape[-1:]
    bias = np.asarray(entry.get("bias", np.zeros(columns, kernel.dtype)))
    if kernel.ndim != 2 or kernel.size == 0 or bias.shape != columns:
        raise ValueError(
            f"A part of the flax cell has a kernel of shape {kernel.shape} and a bias "
            f"of shape {bias.shape}. A kernel is (inputs, outputs), a bias (outputs,)."
        )
    return kernel, bias


def _joined(parts: list[Dense]) -> Dense:
    kernels, biases = zip(*parts, strict=True)
    if len({kernel.shape for kernel in kernels}) > 1:
        raise ValueError(
            "The gates of the flax cell have kernels of different shapes: "
            f"{[kernel.shape for kernel in kernels]}."
        )
    return np.concatenate(kernels, axis=-1), np.concatenate(biases)
