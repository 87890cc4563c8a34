"""Random problems for the loops over time."""

import numpy as np
from ml_dtypes import bfloat16

from tests.recurrence.native.lstms import CARRIES, LSTMS
from tests.recurrence.native.reference import (
    BLOCKS,
    RECURRENT,
    RECURRENT_BIASES,
    Problem,
    Upstream,
)

UNBOUND = ("lstm_no_forget_gate", "lstm_linear_candidate", "lstm_linear_output")
"""Units whose states may grow with every step, and what they are off by with them."""


def random_problem(
    rng,
    unit,
    shape,
    *,
    features=3,
    extras=True,
    masked=False,
    dropped=False,
    scale=1.0,
    dtype=np.float32,
):
    """A problem of `(steps, batch, units)`, with biases and peepholes if any.

    The first row of a masked one is empty.
    """
    steps, batch, units = shape

    def normal(*size, scale=scale):
        return rng.normal(size=size, scale=scale).astype(dtype)

    width = BLOCKS[unit] * units
    peephole_scale = 1.0
    if unit in UNBOUND:
        scale, peephole_scale = 0.3 * scale, 0.3
    valid = dropout_mask = None
    if masked:
        valid = (rng.random((batch, steps)) < 0.7).astype(np.uint8)
        valid[0] = 0
    if dropped:
        dropout_mask = ((rng.random((batch, units)) < 0.8) / 0.8).astype(dtype)
    lstm, biases = unit in LSTMS, RECURRENT_BIASES[unit] * units
    seen = CARRIES.get(unit, 1) * units
    return Problem(
        unit,
        normal(batch, steps, features, scale=1),
        normal(features, width, scale=scale / np.sqrt(features)),
        normal(width) if extras else None,
        normal(batch, units),
        normal(batch, CARRIES[unit] * units) if lstm else None,
        normal(seen, RECURRENT[unit] * units, scale=scale / np.sqrt(seen)),
        normal(biases) if biases and extras else None,
        normal(len(LSTMS[unit]) - 1, units, scale=peephole_scale)
        if lstm and extras
        else None,
        valid,
        dropout_mask,
    )


def random_upstream(rng, problem, last=True):
    """Gradients of all that a loop gives, or of the outputs only."""
    batch, units = problem.first_output.shape
    dtype = problem.inputs.dtype

    def normal(*size):
        return rng.normal(size=size).astype(dtype)

    has_carry = problem.unit in LSTMS
    return Upstream(
        normal(batch, problem.steps, units),
        normal(batch, units) if last else None,
        normal(*problem.first_carry.shape) if last and has_carry else None,
    )


def in_double(values):
    """A problem, or what else is a named tuple, in float64."""
    return type(values)(
        *(
            value.astype(float)
            if getattr(value, "dtype", None) in (np.float32, bfloat16)
            else value
            for value in values
        )
    )
