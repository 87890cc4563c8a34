"""Sequences, states and masks of other shapes than the layer was built for."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_gated._types import Shape
from keras_gated.testing._arrays import BATCH, FEATURES, TIME, normal, sequences
from keras_gated.testing._step_by_step import random_states
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check


@layer_check(
    "sequences, states and masks of other shapes than the layer needs raise a "
    "ValueError that shows the shape; a batch of one is not repeated"
)
def wrong_shapes(subject: Subject) -> None:
    layer, x = subject.built(), sequences()
    for features in (FEATURES - 1, FEATURES + 1):
        wrong = normal(BATCH, TIME, features)
        _check_refused("sequences", wrong.shape, layer, wrong)
    for state, states in _wrong_states(random_states(subject, BATCH)):
        what = f"initial_state number {len(states)}"
        _check_refused(what, state, layer, x, initial_state=states)
    masks: tuple[tuple[int, ...], ...] = ((1, TIME), (BATCH, 1), (BATCH + 1, TIME))
    for mask in (*masks, (BATCH, TIME, 1)):
        _check_refused("a mask", mask, layer, x, mask=np.ones(mask, bool))


def _wrong_states(right: list[np.ndarray]) -> Iterator[tuple[Shape, list[np.ndarray]]]:
    """Lists of states, the last of which has the shape that is wrong or is too many."""
    *others, last = right
    batch, units = last.shape
    for shape in (
        # Nothing repeats a state for all sequences without being asked to.
        (1, units),
        (batch - 1, units),
        (batch + 1, units),
        (batch, 1),
        (batch, units + 1),
        (units,),
        (batch, 1, units),
    ):
        yield shape, [*others, normal(*shape)]
    yield last.shape, [*right, last]
    if others:
        yield last.shape, others


def _check_refused(
    what: str, shape: Shape, layer: Any, *args: Any, **kwargs: Any
) -> None:
    try:
        found = layer(*args, **kwargs)
    except ValueError as error:
        if str(shape) in str(error):
            return
        raise AssertionError(
            f"{what} of the shape {shape}: expected a ValueError that shows it; out "
            f"came {error!r}."
        ) from error
    raise AssertionError(
        f"{what} of the shape {shape}: expected a ValueError; out came an array of the "
        f"shape {tuple(found.shape)}."
    )
