"""How models of symbols begin, and what they are trained on."""

from typing import Any

import keras

from keras_gated.callbacks import ResetStates
from keras_gated.datasets import StreamBatches
from reproduce.task import Array


def spread_symbols(model: Any) -> None:
    """Gives the first recurrent layer's weights of its inputs a variance of 1.

    Of a one-hot vector the layer sees one row of its kernel. Initializers that divide
    by the number of symbols make the rows so small that it takes long to tell symbols
    apart; longest for the LSTM, which multiplies what enters by two gates.

    Args:
        model: A model whose first recurrent layer sees one-hot vectors.
    """
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.RNN))
    kernel = first.cell.kernel
    kernel.assign(keras.initializers.RandomNormal(stddev=1.0)(kernel.shape))


class Windows(StreamBatches):
    """Windows of a split as the engine takes them."""

    @property
    def inputs(self) -> list[Array]:
        """The streams."""
        return self.streams

    targets = inputs

    @property
    def padded_lengths(self) -> tuple[int, ...]:
        """The only length there is."""
        return (self.window,)

    def epoch_callback(self) -> keras.callbacks.Callback:
        """What is to happen before each pass: states start anew."""
        return ResetStates()
