"""Masks, directions and what a layer returns."""

from itertools import product
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import (
    BATCH,
    FEATURES,
    HOLES,
    TIME,
    assert_close,
    sequences,
)
from keras_gated.testing._step_by_step import random_states, step_by_step
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import NotApplicable, layer_check

BOTH = (False, True)


@layer_check(
    "without a mask, and in both directions, the layer is its cell step by step"
)
def no_mask(subject: Subject) -> None:
    for go_backwards in BOTH:
        layer = subject.built(
            return_sequences=True, return_state=True, go_backwards=go_backwards
        )
        expected = step_by_step(subject, layer, sequences(), go_backwards=go_backwards)
        assert_close(layer(sequences()), expected, f"with {go_backwards=}")


@layer_check(
    "with a mask, in both directions and with both kinds of masked outputs, the layer "
    "is its cell step by step"
)
def masks(subject: Subject) -> None:
    for go_backwards, zero_output_for_mask in product(BOTH, BOTH):
        order: dict[str, Any] = {
            "go_backwards": go_backwards,
            "zero_output_for_mask": zero_output_for_mask,
        }
        layer = subject.built(return_sequences=True, return_state=True, **order)
        x = sequences()
        expected = step_by_step(subject, layer, x, mask=HOLES, **order)
        assert_close(layer(x, mask=HOLES), expected, f"masked, with {order}")


@layer_check(
    "so it is for all combinations of mask, go_backwards, zero_output_for_mask, "
    "return_sequences and return_state",
    "exhaustive",
)
def mask_arguments(subject: Subject) -> None:
    for mask, go_backwards, zeros in product((None, HOLES), BOTH, BOTH):
        order: dict[str, Any] = {
            "go_backwards": go_backwards,
            "zero_output_for_mask": zeros,
        }
        layer = subject.built(return_sequences=True, return_state=True, **order)
        outputs, *states = step_by_step(subject, layer, sequences(), mask=mask, **order)
        for return_sequences, return_state in product(BOTH, BOTH):
            returned = {
                "return_sequences": return_sequences,
                "return_state": return_state,
            }
            found = subject.twin(layer, **order, **returned)(sequences(), mask=mask)
            expected = [
                outputs if return_sequences else outputs[:, -1],
                *(states if return_state else ()),
            ]
            what = f"{'masked' if mask is not None else 'not masked'}, with "
            assert_close(found, expected, f"{what}{order | returned}")


@layer_check("masking every step leaves the states as they were")
def all_masked(subject: Subject) -> None:
    layer = subject.built(return_state=True)
    nothing = np.zeros((BATCH, TIME), bool)
    states = random_states(subject, BATCH)
    _, *after = layer(sequences(), initial_state=states, mask=nothing)
    assert_close(after, states, "the final states after initial ones")
    output, *zeros = layer(sequences(), mask=nothing)
    assert_close(output, 0 * states[0], "the output from states of zero")
    assert_close(zeros, [0 * state for state in states], "states of zero")


@layer_check(
    "the output before the first valid step is the first of the initial states"
)
def all_masked_output(subject: Subject) -> None:
    layer = subject.built(return_state=True)
    states = random_states(subject, BATCH)
    output, *_ = layer(
        sequences(), initial_state=states, mask=np.zeros((BATCH, TIME), bool)
    )
    assert_close(output, states[0], "the output")


@layer_check("a mask goes through two layers behind Masking")
def mask_through_layers(subject: Subject) -> None:
    first = subject.built(return_sequences=True)
    size = first.compute_output_shape((BATCH, TIME, FEATURES))[-1]
    second = subject.built(size, return_sequences=True)
    if not first.supports_masking:
        raise NotApplicable("supports_masking is False: it hands no mask on")
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), keras.layers.Masking(), first, second]
    )
    x = np.where(HOLES[..., None], sequences(), np.float32(0))
    between, *_ = step_by_step(subject, first, x, mask=HOLES)
    expected, *_ = step_by_step(subject, second, between, mask=HOLES)
    assert_close(model(x), expected, "the outputs of the second layer")
