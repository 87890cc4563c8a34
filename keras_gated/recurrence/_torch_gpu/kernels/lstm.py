"""The LSTM's kernels, with peepholes or without. Gates in the order i, f, c, o."""

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
    carries,
    carry,
    recurrent_kernel,
    peepholes,
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
    """Turns the projected inputs in `gates` into activations, if `carries` are kept."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    width = 4 * units
    for t in range(first, last):
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
        total = gates + (row.to(tl.int64) * steps + t) * width
        now = carry + ((t % 2) * batch + row) * units
        following = carry + (((t + 1) % 2) * batch + row) * units
        for start in range(
            tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
        ):
            column = start + tl.arange(0, COLUMNS)[None, :]
            is_column = column < units
            here = is_row & is_column
            i = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            f = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            g = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            o = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            for deep in range(0, units, DEPTH):
                along = deep + tl.arange(0, DEPTH)
                h_before = seen(
                    before, row, along[None, :], batch, units, dropout_mask, FACTOR
                )
                w = recurrent_kernel + along[:, None] * width + column
                there = (along[:, None] < units) & is_column
                w_i = factor(w, there, None, FACTOR)
                w_f = factor(w + units, there, None, FACTOR)
                w_g = factor(w + 2 * units, there, None, FACTOR)
                w_o = factor(w + 3 * units, there, None, FACTOR)
                i = tl.dot(h_before, w_i, i, input_precision=PRECISION)
                f = tl.dot(h_before, w_f, f, input_precision=PRECISION)
                g = tl.dot(h_before, w_g, g, input_precision=PRECISION)
                o = tl.dot(h_before, w_o, o, input_precision=PRECISION)
            i += loaded(total + column, here)
            f += loaded(total + units + column, here)
            g += loaded(total + 2 * units + column, here)
            o += loaded(total + 3 * units + column, here)
            c = loaded(now + column, here)
            if peepholes is not None:
                i += loaded(peepholes + column, is_column) * c
                f += loaded(peepholes + units + column, is_column) * c
            i = sigmoid(i)
            f = sigmoid(f)
            g = tanh(g)
            new = f * c + i * g
            if peepholes is not None:
                o += loaded(peepholes + 2 * units + column, is_column) * new
            o = sigmoid(o)
            h = o * tanh(new)
            if valid is not None:
                counts = is_valid(valid, row, t, batch, steps)
                new = tl.where(counts, new, c)
                h = tl.where(counts, h, loaded(before + column, here))
            stored(following + column, new, here)
            stored(before + units + column, h, here)
            if carries is not None:
                after = carries + (row.to(tl.int64) * (steps + 1) + t + 1) * units
                stored(after + column, new, here)
                stored(total + column, i, here)
                stored(total + units + column, f, here)
                stored(total + 2 * units + column, g, here)
                stored(total + 3 * units + column, o, here)
        tl.debug_barrier()


@triton.jit(do_not_specialize=VARYING)
def backward(
    d_gates,
    d_output,
    d_carry,
    gates,
    carries,
    d_outputs,
    recurrent_kernel,
    peepholes,
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
    """The gradients of the sums in the gates; steps are counted from the last one."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    width = 4 * units
    for step in range(first, last):
        t = steps - 1 - step
        at = (row.to(tl.int64) * steps + t) * width
        before = carries + (row.to(tl.int64) * (steps + 1) + t) * units
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
                d_gates + at + width,
                is_row & (step > 0),
                recurrent_kernel,
                column,
                width,
                units,
                FACTOR,
                PRECISION,
                DEPTH,
            )
            if dropout_mask is not None:
                d *= loaded(dropout_mask + row * units + column, here)
            d += loaded(d_output + now + column, here)
            d += loaded(
                d_outputs + (row.to(tl.int64) * steps + t) * units + column, here
            )
            d_c = loaded(d_carry + now + column, here)
            i = loaded(gates + at + column, here)
            f = loaded(gates + at + units + column, here)
            g = loaded(gates + at + 2 * units + column, here)
            o = loaded(gates + at + 3 * units + column, here)
            c = loaded(before + column, here)
            squashed = tanh(loaded(before + units + column, here))
            d_o = d * squashed * o * (1 - o)
            d_new = d_c + d * o * (1 - squashed * squashed)
            if peepholes is not None:
                d_new += d_o * loaded(peepholes + 2 * units + column, is_column)
            d_i = d_new * g * i * (1 - i)
            d_f = d_new * c * f * (1 - f)
            d_g = d_new * i * (1 - g * g)
            d_old = d_new * f
            if peepholes is not None:
                d_old += d_i * loaded(peepholes + column, is_column)
                d_old += d_f * loaded(peepholes + units + column, is_column)
            d_held = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            if valid is not None:
                counts = is_valid(valid, row, t, batch, steps)
                d_i = tl.where(counts, d_i, 0.0)
                d_f = tl.where(counts, d_f, 0.0)
                d_g = tl.where(counts, d_g, 0.0)
                d_o = tl.where(counts, d_o, 0.0)
                d_old = tl.where(counts, d_old, d_c)
                d_held = tl.where(counts, 0.0, d)
            stored(d_gates + at + column, d_i, here)
            stored(d_gates + at + units + column, d_f, here)
            stored(d_gates + at + 2 * units + column, d_g, here)
            stored(d_gates + at + 3 * units + column, d_o, here)
            stored(d_carry + following + column, d_old, here)
            stored(d_output + following + column, d_held, here)
        tl.debug_barrier()
