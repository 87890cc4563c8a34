"""A recurrent layer step by step, for what comes in one step at a time."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer
from keras_gated.layers import RecurrentLayer, inference_layer
from keras_gated.recurrence import NativeStream

Floats = npt.NDArray[np.float32]

__all__ = ["Stream"]


class Stream:
    """A recurrent layer that takes its sequence step by step, and keeps its states.

    A call of a model, or of a layer, costs as much for one step as for a hundred. Here
    a step is one call of the C++ loop, on arrays of NumPy and on any backend, in some
    microseconds: for a musical instrument, or a forecast that is renewed as numbers
    come in. The results are those of the layer at inference.

    The stream has the weights that the layer has when it is made; of weights that
    change later, make another one. It belongs to one thread at a time.

    Args:
        layer: A built `PeepholeLSTM`, `GRU` or `SimpleRNN` in float32, with tanh and
            sigmoid, or one in a wrapper of its weights.
        batch_size: Number of sequences side by side; `None` for one, without an axis.

    Raises:
        ValueError: If the layer is no such layer or not built, goes backwards, or the
            C++ loops are missing; says why.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.layers import GRU
        >>> from keras_gated.streaming import Stream
        >>> layer = GRU(4, return_sequences=True)
        >>> x = np.random.default_rng(0).normal(size=(1, 6, 3)).astype("float32")
        >>> whole = keras.ops.convert_to_numpy(layer(x))
        >>> stream = Stream(layer)
        >>> steps = [stream.step(x_t) for x_t in x[0]]
        >>> bool(np.allclose(steps, whole[0], atol=1e-6))
        True
    """

    def __init__(self, layer: Any, batch_size: int | None = None) -> None:
        layer = inference_layer(layer)
        _check(layer, batch_size)
        cell = layer.cell
        self._layer = layer
        self._axes = () if batch_size is None else (batch_size,)
        self._native = NativeStream(
            cell.regularised_equations,
            [*map(_copy, cell.projection())],
            [*map(_copy, cell.recurrent_weights())],
            1 if batch_size is None else batch_size,
        )
        self._inputs = self._native.inputs.reshape((*self._axes, -1))
        self._outputs = self._native.outputs.reshape((*self._axes, -1))

    def step(self, x: npt.ArrayLike) -> Floats:
        """Takes a step.

        Args:
            x: `(features,)`, or `(batch_size, features)` if there is a batch size.

        Returns:
            The output of the layer, `(units,)` or `(batch_size, units)`.

        Raises:
            ValueError: If `x` has another shape.
        """
        given = np.asarray(x)
        if given.shape != self._inputs.shape:
            raise ValueError(
                f"A step of the stream of {self._layer.name!r} takes an array of the "
                f"shape {self._inputs.shape}. Received {given.shape}."
            )
        self._inputs[...] = given
        self._native.run()
        return self._outputs.copy()

    @property
    def states(self) -> list[Floats]:
        """Copies of the states, the output first, each as an output of `step` is."""
        return [state.reshape((*self._axes, -1)).copy() for state in self._states]

    @states.setter
    def states(self, states: Sequence[npt.ArrayLike]) -> None:
        given = [np.asarray(state) for state in states]
        found = [state.shape for state in given]
        needed = [(*self._axes, state.shape[-1]) for state in self._states]
        if found != needed:
            raise ValueError(
                f"The stream of {self._layer.name!r} has states of the shapes "
                f"{needed}. Received {found}."
            )
        for state, new in zip(self._states, given, strict=True):
            state[...] = new.reshape(state.shape)

    def reset(self) -> None:
        """Starts anew, from states of zero."""
        for state in self._states:
            state[...] = 0

    @property
    def _states(self) -> list[Floats]:
        return self._native.states


def _copy(weight: Any) -> Floats:
    """The numbers of a weight, not its memory."""
    return np.array(keras.ops.convert_to_numpy(weight), np.float32)


def _check(layer: Any, batch_size: int | None) -> None:
    if not isinstance(layer, RecurrentLayer) or not layer.built:
        raise ValueError(
            "A stream is made from a built recurrent layer of keras_gated. Received "
            f"{type(layer).__name__} {getattr(layer, 'name', layer)!r}"
            + (
                "."
                if not isinstance(layer, RecurrentLayer)
                else ", which is not built."
            )
        )
    if layer.go_backwards:
        raise ValueError(
            f"{layer.name!r} has go_backwards=True. A stream knows the past only."
        )
    why = NativeStream.refusal(layer.cell.regularised_equations, layer.compute_dtype)
    if why:
        raise ValueError(
            f"There is no stream of {layer.name!r}: {why}. Call the layer with "
            "initial_state and return_state=True instead."
        )
    if batch_size is not None and not is_integer(batch_size, at_least=1):
        raise ValueError(
            "A stream needs a positive integer or None for batch_size. Received "
            f"batch_size={batch_size!r}."
        )
