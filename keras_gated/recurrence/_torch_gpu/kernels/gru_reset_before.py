"""Kernels of the GRU whose reset gate acts before the product. Gates: z, r, h.

A step has two phases, the second of which reads what all tiles wrote in the first.
`PHASE` is the one to run, or 0 for both.
"""

import triton
import triton.language as tl

from keras_gated.recurrence._torch_gpu.kernels.blocks import (
    VARYING,
    factor,
    is_valid,
    loaded,
    product_back,
    seen,
    sigmoid,
    stored,
    tanh,
)


@triton.jit(do_not_specialize=VARYING)
def forward(
    gates,
    outputs,
    output,
    update,
    reset,
    to_both,
    to_candidate,
    valid,
    dropout_mask,
    first,
    last,
    batch,
    steps,
    units,
    PHASE: tl.constexpr,
    SAVE: tl.constexpr,
    FACTOR: tl.constexpr,
    PRECISION: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    DEPTH: tl.constexpr,
):
    """Turns the projected inputs in `gates` into activations, if they are kept.

    `update` and `reset` are the gate z and the output under the gate r, of one step.
    """
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    for t in range(first, last):
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
        total = gates + (row.to(tl.int64) * steps + t) * 3 * units
        now = output + ((t % 2) * batch + row) * units
        following = output + (((t + 1) % 2) * batch + row) * units
        if PHASE != 2:
            for start in range(
                tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
            ):
                column = start + tl.arange(0, COLUMNS)[None, :]
                is_column = column < units
                here = is_row & is_column
                z = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
                r = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
                for deep in range(0, units, DEPTH):
                    along = deep + tl.arange(0, DEPTH)
                    h_before = seen(
                        before, row, along[None, :], batch, units, dropout_mask, FACTOR
                    )
                    w = to_both + along[:, None] * 2 * units + column
                    there = (along[:, None] < units) & is_column
                    w_z = factor(w, there, None, FACTOR)
                    w_r = factor(w + units, there, None, FACTOR)
                    z = tl.dot(h_before, w_z, z, input_precision=PRECISION)
                    r = tl.dot(h_before, w_r, r, input_precision=PRECISION)
                z = sigmoid(z + loaded(total + column, here))
                r = sigmoid(r + loaded(total + units + column, here))
                left = r * loaded(now + column, here)
                if dropout_mask is not None:
                    left *= loaded(dropout_mask + row * units + column, here)
                stored(update + row * units + column, z, here)
                stored(reset + row * units + column, left, here)
                if SAVE:
                    stored(total + column, z, here)
                    stored(total + units + column, r, here)
            tl.debug_barrier()
        if PHASE != 1:
            for start in range(
                tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
            ):
                column = start + tl.arange(0, COLUMNS)[None, :]
                is_column = column < units
                here = is_row & is_column
                candidate = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
                for deep in range(0, units, DEPTH):
                    along = deep + tl.arange(0, DEPTH)
                    left = factor(
                        reset + row * units + along[None, :],
                        is_row & (along[None, :] < units),
                        None,
                        FACTOR,
                    )
                    w = factor(
                        to_candidate + along[:, None] * units + column,
                        (along[:, None] < units) & is_column,
                        None,
                        FACTOR,
                    )
                    candidate = tl.dot(left, w, candidate, input_precision=PRECISION)
                candidate = tanh(candidate + loaded(total + 2 * units + column, here))
                z = loaded(update + row * units + column, here)
                h = loaded(now + column, here)
                new = z * h + (1 - z) * candidate
                if valid is not None:
                    new = tl.where(is_valid(valid, row, t, batch, steps), new, h)
                stored(following + column, new, here)
                stored(before + units + column, new, here)
                if SAVE:
                    stored(total + 2 * units + column, candidate, here)
            tl.debug_barrier()


@triton.jit(do_not_specialize=VARYING)
def backward(
    d_projected,
    d_output,
    d_seen,
    gates,
    outputs,
    d_outputs,
    to_both,
    to_candidate,
    valid,
    dropout_mask,
    first,
    last,
    batch,
    steps,
    units,
    PHASE: tl.constexpr,
    FACTOR: tl.constexpr,
    PRECISION: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    DEPTH: tl.constexpr,
):
    """The gradients of the sums in the gates, from the last step on.

    `d_seen` is what the step after had for the output through its candidate.
    """
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    for step in range(first, last):
        t = steps - 1 - step
        at = (row.to(tl.int64) * steps + t) * units
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
        now = ((step % 2) * batch + row) * units
        following = (((step + 1) % 2) * batch + row) * units
        if PHASE != 2:
            for start in range(
                tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
            ):
                column = start + tl.arange(0, COLUMNS)[None, :]
                is_column = column < units
                here = is_row & is_column
                d = product_back(
                    loaded(d_seen + row * units + column, here),
                    d_projected + 3 * at + 3 * units,
                    is_row & (step > 0),
                    to_both,
                    column,
                    2 * units,
                    units,
                    FACTOR,
                    PRECISION,
                    DEPTH,
                )
                if dropout_mask is not None:
                    d *= loaded(dropout_mask + row * units + column, here)
                d += loaded(d_output + now + column, here)
                d += loaded(d_outputs + at + column, here)
                z = loaded(gates + 3 * at + column, here)
                candidate = loaded(gates + 3 * at + 2 * units + column, here)
                h = loaded(before + column, here)
                d_z = d * (h - candidate) * z * (1 - z)
                d_candidate = d * (1 - z) * (1 - candidate * candidate)
                d_old = d * z
                if valid is not None:
                    counts = is_valid(valid, row, t, batch, steps)
                    d_z = tl.where(counts, d_z, 0.0)
                    d_candidate = tl.where(counts, d_candidate, 0.0)
                    d_old = tl.where(counts, d_old, d)
                stored(d_projected + 3 * at + column, d_z, here)
                stored(d_projected + 3 * at + 2 * units + column, d_candidate, here)
                stored(d_output + following + column, d_old, here)
            tl.debug_barrier()
        if PHASE != 1:
            for start in range(
                tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
            ):
                column = start + tl.arange(0, COLUMNS)[None, :]
                here = is_row & (column < units)
                d_reset = product_back(
                    tl.full((ROWS, COLUMNS), 0.0, tl.float32),
                    d_projected + 3 * at + 2 * units,
                    is_row,
                    to_candidate,
                    column,
                    units,
                    units,
                    FACTOR,
                    PRECISION,
                    DEPTH,
                )
                r = loaded(gates + 3 * at + units + column, here)
                seen = loaded(before + column, here)
                if dropout_mask is not None:
                    seen *= loaded(dropout_mask + row * units + column, here)
                d_r = d_reset * seen * r * (1 - r)
                stored(d_projected + 3 * at + units + column, d_r, here)
                stored(d_seen + row * units + column, d_reset * r, here)
            tl.debug_barrier()
