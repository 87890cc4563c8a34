"""The recurrence, step by step in Python, with the masks of NumPy.

What a layer must equal. It knows nothing of the loops of this package or of Keras.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from keras_gated._types import Tensor
from keras_gated.testing._arrays import to_numpy
from keras_gated.testing._subject import Subject

Step = Callable[[Tensor, list[Tensor]], tuple[Tensor, list[Tensor]]]
"""Inputs `(batch, features)` and states to the output and the states after them."""


def step_by_step(
    subject: Subject,
    layer: Any,
    inputs: np.ndarray,
    states: Sequence[np.ndarray] | None = None,
    **order: Any,
) -> list[np.ndarray]:
    """All outputs and the final states of a layer, from zeros if not from `states`.

    The step is that of its cell. A wrapper around a layer has none: it is called with
    one time step at a time instead, without a mask.
    """
    step = cell_step(layer.cell) if hasattr(layer, "cell") else None
    if step is None:
        step = single_steps(
            subject.twin(layer, features=inputs.shape[-1], return_state=True)
        )
    if states is None:
        states = initial_states(subject, layer, len(inputs))
    return run_step(step, inputs, states, **order)


def run_step(
    step: Step,
    inputs: np.ndarray,
    states: Sequence[np.ndarray],
    mask: np.ndarray | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
) -> list[np.ndarray]:
    """All outputs, in the order of their computation, and the final states.

    A masked step holds the states, and repeats the output before it, which is the
    first of the states in the beginning, or puts out zeros.
    """
    if mask is None:
        mask = np.ones(inputs.shape[:2], bool)
    if go_backwards:
        inputs, mask = inputs[:, ::-1], mask[:, ::-1]
    states, output, outputs = list(states), states[0], []
    dtype = states[0].dtype
    for time in range(inputs.shape[1]):
        valid = mask[:, time, None]
        found, after = step(
            keras.ops.convert_to_tensor(inputs[:, time], dtype),
            [keras.ops.convert_to_tensor(state, dtype) for state in states],
        )
        output = np.where(valid, to_numpy(found), output)
        states = [
            np.where(valid, to_numpy(new), old)
            for new, old in zip(after, states, strict=True)
        ]
        outputs.append(np.where(valid, output, 0) if zero_output_for_mask else output)
    return [np.stack(outputs, axis=1), *states]


def cell_step(cell: Any) -> Step:
    """The step of a cell of a recurrent layer."""

    def step(inputs: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        output, after = cell(inputs, states, training=False)
        return output, keras.tree.flatten(after)

    return step


def single_steps(layer: Any) -> Step:
    """A step as a call of a layer that returns its states."""

    def step(inputs: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        output, *after = layer(keras.ops.expand_dims(inputs, 1), initial_state=states)
        return output, after

    return step


def initial_states(subject: Subject, layer: Any, batch: int) -> list[np.ndarray]:
    """The states that the layer starts from if it is not told otherwise."""
    if hasattr(layer, "get_initial_state"):
        states = layer.get_initial_state(batch_size=batch)
    else:
        return [np.zeros_like(state) for state in random_states(subject, batch)]
    return [to_numpy(state) for state in keras.tree.flatten(states)]


def random_states(subject: Subject, batch: int, seed: int = 4) -> list[np.ndarray]:
    """Random states of the shapes that a layer of the subject has."""
    layer = subject.make(return_state=True)
    features = 1
    _, *shapes = layer.compute_output_shape((batch, 1, features))
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype("float32") for shape in shapes]
