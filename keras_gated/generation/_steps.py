"""The layers of a chain, run over a prompt and then step by step on their own events.

Both are models so that `predict_on_batch` compiles them; the weights are those of the
layers. States come and go in the dtype of the head.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated import recurrence
from keras_gated._types import Tensor, Tensors
from keras_gated.generation._chain import Chain, is_recurrent
from keras_gated.generation._sampling import event
from keras_gated.recurrence import project
from keras_gated.recurrence.backend import scan


class WarmUp(keras.Model):
    """The states of all recurrent layers after a prompt.

    Call arguments:
        - `prompt`: `(batch, time, input_size)`.

    Call returns:
        A list of states, each `(batch, units)`.
    """

    def __init__(self, chain: Chain) -> None:
        super().__init__(dtype=chain.head.dtype_policy, autocast=False)
        self.chain_layers = list(chain.layers)
        self.built = True

    def call(self, prompt: Tensor) -> list[Tensor]:
        sequences, states = prompt, []
        for layer in self.chain_layers:
            if not is_recurrent(layer):
                sequences = layer(sequences)
                continue
            _, sequences, finals = recurrence.run(
                layer.cell.regularised_equations,
                ops.cast(sequences, layer.cell.compute_dtype),
                layer.get_initial_state(ops.shape(prompt)[0]),
                *_weights(layer.cell),
            )
            states += [ops.cast(state, self.compute_dtype) for state in finals]
        return states


class Continuation(keras.Model):
    """Some steps of generation.

    Call arguments:
        - `inputs`: A list of the noise `(batch, steps, noise_size)`, the input of the
              first step `(batch, input_size)`, and the states of all recurrent layers
              before it, each `(batch, units)`.

    Call returns:
        A list of the events `(batch, steps, event_size)`, the input of the step to
        come, and the states before that.
    """

    def __init__(self, chain: Chain) -> None:
        super().__init__(dtype=chain.head.dtype_policy, autocast=False)
        self.chain_layers = list(chain.layers)
        self.head = chain.head
        self.built = True

    def call(self, inputs: list[Tensor]) -> list[Tensor]:
        noise, first, *states = inputs
        # Cast and sliced here, once, and not in every step.
        weights = [
            _weights(layer.cell) if is_recurrent(layer) else None
            for layer in self.chain_layers
        ]

        def body(before: Tensors, current: Tensors) -> tuple[Tensors, Tensors]:
            given, *states = before
            parameters, states = self._step(given, states, weights)
            drawn = event(self.head, parameters, current[0])
            following = ops.concatenate([given, drawn], axis=-1)
            return (following[:, -given.shape[-1] :], *states), (drawn,)

        first = ops.cast(first, self.head.compute_dtype)
        (following, *states), (events,) = scan(
            body, (first, *states), (ops.swapaxes(noise, 0, 1),), collected=1
        )
        return [ops.swapaxes(events, 0, 1), following, *states]

    def _step(
        self, given: Tensor, states: Sequence[Tensor], weights: Sequence[Any]
    ) -> tuple[Tensor, list[Tensor]]:
        """What the head puts out for an input, and the states after it."""
        remaining, after = iter(states), []
        # Layers that treat every step alone may expect a time axis.
        x = ops.expand_dims(given, 1)
        for layer, layer_weights in zip(self.chain_layers, weights, strict=True):
            if not is_recurrent(layer):
                x = layer(x)
                continue
            finals = _recurrent_step(layer, x[:, 0], remaining, *layer_weights)
            x = ops.expand_dims(finals[0], 1)
            after += [ops.cast(state, self.compute_dtype) for state in finals]
        return self.head(x)[:, 0], after


def _recurrent_step(
    layer: Any,
    x: Tensor,
    states: Iterator[Tensor],
    projection: Tensors,
    weights: Tensors,
) -> Tensors:
    """The states of a layer after a step, its output first."""
    cell = layer.cell
    before = tuple(
        ops.cast(next(states), cell.compute_dtype) for _ in range(state_count(layer))
    )
    projected = project(ops.cast(x, cell.compute_dtype), projection)
    after, _ = cell.regularised_equations.forward(projected, before, weights, None)
    return after


def state_count(layer: Any) -> int:
    """The number of states of a recurrent layer."""
    sizes = layer.state_size
    return len(sizes) if isinstance(sizes, (list, tuple)) else 1


def _weights(cell: Any) -> tuple[Tensors, Tensors]:
    """The projection and the recurrent weights of a cell, in its compute dtype."""

    def cast(tensors: Tensors) -> Tensors:
        return tuple(ops.cast(tensor, cell.compute_dtype) for tensor in tensors)

    return cast(cell.projection()), cast(cell.recurrent_weights())
