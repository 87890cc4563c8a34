"""The tanh unit's kernels."""

import triton
import triton.language as tl

from keras_gated.recurrence._torch_gpu.kernels.blocks import (
    VARYING,
    factor,
    is_valid,
    loaded,
    product_back,
    seen,
    stored,
    tanh,
)


@triton.jit(do_not_specialize=VARYING)
def forward(
    outputs,
    projected,
    recurrent_kernel,
    valid,
    dropout_mask,
    first,
    last,
    batch,
    steps,
    units,
    FACTOR: tl.constexpr,
    PRECISION: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    DEPTH: tl.constexpr,
):
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    for t in range(first, last):
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
        total = projected + (row.to(tl.int64) * steps + t) * units
        for start in range(
            tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
        ):
            column = start + tl.arange(0, COLUMNS)[None, :]
            is_column = column < units
            here = is_row & is_column
            h = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            for deep in range(0, units, DEPTH):
                along = deep + tl.arange(0, DEPTH)
                h_before = seen(
                    before, row, along[None, :], batch, units, dropout_mask, FACTOR
                )
                w = factor(
                    recurrent_kernel + along[:, None] * units + column,
                    (along[:, None] < units) & is_column,
                    None,
                    FACTOR,
                )
                h = tl.dot(h_before, w, h, input_precision=PRECISION)
            h = tanh(h + loaded(total + column, here))
            if valid is not None:
                counts = is_valid(valid, row, t, batch, steps)
                h = tl.where(counts, h, loaded(before + column, here))
            stored(before + units + column, h, here)
        tl.debug_barrier()


@triton.jit(do_not_specialize=VARYING)
def backward(
    d_projected,
    d_output,
    outputs,
    d_outputs,
    recurrent_kernel,
    valid,
    dropout_mask,
    first,
    last,
    batch,
    steps,
    units,
    FACTOR: tl.constexpr,
    PRECISION: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    DEPTH: tl.constexpr,
):
    """The gradients of the sums in tanh; steps are counted from the last one."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    for step in range(first, last):
        t = steps - 1 - step
        at = (row.to(tl.int64) * steps + t) * units
        after = outputs + (row.to(tl.int64) * (steps + 1) + t + 1) * units
        now = ((step % 2) * batch + row) * units
        following = (((step + 1) % 2) * batch + row) * units
        for start in range(
            tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
        ):
            column = start + tl.arange(0, COLUMNS)[None, :]
            is_column = column < units
            here = is_row & is_column
            d = product_back(
                tl.full((ROWS, COLUMNS), 0.0, tl.float32),
                d_projected + at + units,
                is_row & (step > 0),
                recurrent_kernel,
                column,
                units,
                units,
                FACTOR,
                PRECISION,
                DEPTH,
            )
            if dropout_mask is not None:
                d *= loaded(dropout_mask + row * units + column, here)
            d += loaded(d_output + now + column, here)
            d += loaded(d_outputs + at + column, here)
            h = loaded(after + column, here)
            d_total = d * (1 - h * h)
            d_held = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            if valid is not None:
                counts = is_valid(valid, row, t, batch, steps)
                d_total = tl.where(counts, d_total, 0.0)
                d_held = tl.where(counts, 0.0, d)
            stored(d_projected + at + column, d_total, here)
            stored(d_output + following + column, d_held, here)
        tl.debug_barrier()
