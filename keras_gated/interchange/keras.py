"""Weights from and to `keras.layers.LSTM`, `GRU` and `SimpleRNN`."""

from typing import Any

import keras
from keras import ops

from keras_gated.interchange._weights import check_built, check_without_zoneout
from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN, inference_layer

OURS: dict[type, Any] = {
    keras.layers.LSTM: PeepholeLSTM,
    keras.layers.GRU: GRU,
    keras.layers.SimpleRNN: SimpleRNN,
}
KERAS = {ours: theirs for theirs, ours in OURS.items()}

OURS_ALONE = (
    "checkpoint_steps",
    "use_peepholes",
    "peephole_initializer",
    "peephole_regularizer",
    "peephole_constraint",
    "recurrent_dropout_form",
    "zoneout",
)


def from_keras(layer: Any) -> Any:
    """Makes the layer of this package that computes what a layer of Keras computes.

    All arguments are taken over, the name too, and the states that a `stateful` layer
    carries. With dropout the two differ while training: Keras draws a mask for each
    gate, this package one for all gates.

    Args:
        layer: A built `keras.layers.LSTM`, `GRU` or `SimpleRNN`.

    Returns:
        A built `PeepholeLSTM(use_peepholes=False)`, `GRU` or `SimpleRNN`.

    Raises:
        ValueError: If it is another layer, or has no weights yet.

    Examples:
        >>> import keras
        >>> from keras_gated.interchange import from_keras
        >>> theirs = keras.layers.GRU(4, return_sequences=True)
        >>> x = keras.random.normal((2, 5, 3), seed=1)
        >>> expected = theirs(x)
        >>> ours = from_keras(theirs)
        >>> bool(keras.ops.max(keras.ops.abs(ours(x) - expected)) < 1e-5)
        True
    """
    return _convert(layer, "keras.layers", OURS, {"use_peepholes": False})


def to_keras(layer: Any) -> Any:
    """Makes the layer of Keras that computes what a layer of this package computes.

    All arguments are taken over but `checkpoint_steps`, which changes no result. For
    dropout and states see `from_keras`.

    Args:
        layer: A built `PeepholeLSTM(use_peepholes=False)`, `GRU` or `SimpleRNN`, or one
            in `WeightNoise` or another wrapper of its weights.

    Returns:
        A built `keras.layers.LSTM`, `GRU` or `SimpleRNN`.

    Raises:
        ValueError: If it is another layer, has peepholes or zoneout, has recurrent
            dropout of another form than `"gal"`, or has no weights yet.

    Examples:
        >>> import keras
        >>> from keras_gated.interchange import to_keras
        >>> from keras_gated.layers import SimpleRNN
        >>> layer = SimpleRNN(4)
        >>> layer.build((None, None, 3))
        >>> type(to_keras(layer)) is keras.layers.SimpleRNN
        True
    """
    layer = inference_layer(layer)
    if isinstance(layer, PeepholeLSTM) and layer.cell.use_peepholes:
        raise ValueError(
            "keras.layers.LSTM has no peepholes, so its gates do not see the cell "
            "state. Only PeepholeLSTM(use_peepholes=False) has its equations."
        )
    if type(layer) in KERAS:
        check_without_zoneout(layer)
        _check_dropout_form(layer.cell)
    return _convert(layer, "keras_gated.layers", KERAS, {})


def _check_dropout_form(cell: Any) -> None:
    if cell.recurrent_dropout > 0 and cell.recurrent_dropout_form != "gal":
        raise ValueError(
            "The layers of Keras have recurrent dropout of the form 'gal' only. "
            f"Received recurrent_dropout={cell.recurrent_dropout} of the form "
            f"{cell.recurrent_dropout_form!r}."
        )


def _convert(
    layer: Any, module: str, peers: dict[type, Any], lstm: dict[str, Any]
) -> Any:
    if type(layer) not in peers:
        raise ValueError(
            f"Needed is a layer of {module}: one of "
            f"{', '.join(known.__name__ for known in peers)}. Received {layer!r}."
        )
    check_built(layer)
    peer = peers[type(layer)]
    config = {
        name: value
        for name, value in layer.get_config().items()
        if name not in OURS_ALONE
    }
    if peer is PeepholeLSTM:
        config |= lstm
    converted = peer.from_config(config)
    states = layer.states or ()
    batch = states[0].shape[0] if states else None
    converted.build((batch, None, layer.cell.kernel.shape[0]))
    converted.set_weights(layer.get_weights())
    for variable, state in zip(converted.states or (), states, strict=True):
        variable.assign(ops.copy(ops.convert_to_tensor(state)))
    return converted
