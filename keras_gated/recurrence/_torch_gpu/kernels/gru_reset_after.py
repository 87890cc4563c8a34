"""Kernels of the GRU whose reset gate acts after the product. Gates: z, r, h."""

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
    products,
    output,
    recurrent_kernel,
    bias,
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
    """Turns the projected inputs in `gates` into activations, if `products` are kept.

    These are what the reset gate acts on.
    """
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    width = 3 * units
    for t in range(first, last):
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
        total = gates + (row.to(tl.int64) * steps + t) * width
        now = output + ((t % 2) * batch + row) * units
        following = output + (((t + 1) % 2) * batch + row) * units
        for start in range(
            tl.program_id(1) * COLUMNS, units, tl.num_programs(1) * COLUMNS
        ):
            column = start + tl.arange(0, COLUMNS)[None, :]
            is_column = column < units
            here = is_row & is_column
            z = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            r = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            product = tl.full((ROWS, COLUMNS), 0.0, tl.float32)
            for deep in range(0, units, DEPTH):
                along = deep + tl.arange(0, DEPTH)
                h_before = seen(
                    before, row, along[None, :], batch, units, dropout_mask, FACTOR
                )
                w = recurrent_kernel + along[:, None] * width + column
                there = (along[:, None] < units) & is_column
                w_z = factor(w, there, None, FACTOR)
                w_r = factor(w + units, there, None, FACTOR)
                w_h = factor(w + 2 * units, there, None, FACTOR)
                z = tl.dot(h_before, w_z, z, input_precision=PRECISION)
                r = tl.dot(h_before, w_r, r, input_precision=PRECISION)
                product = tl.dot(h_before, w_h, product, input_precision=PRECISION)
            if bias is not None:
                z += loaded(bias + column, is_column)
                r += loaded(bias + units + column, is_column)
                product += loaded(bias + 2 * units + column, is_column)
            z = sigmoid(z + loaded(total + column, here))
            r = sigmoid(r + loaded(total + units + column, here))
            candidate = tanh(loaded(total + 2 * units + column, here) + r * product)
            h = loaded(now + column, here)
            new = z * h + (1 - z) * candidate
            if valid is not None:
                new = tl.where(is_valid(valid, row, t, batch, steps), new, h)
            stored(following + column, new, here)
            stored(before + units + column, new, here)
            if products is not None:
                kept = products + (row.to(tl.int64) * steps + t) * units
                stored(kept + column, product, here)
                stored(total + column, z, here)
                stored(total + units + column, r, here)
                stored(total + 2 * units + column, candidate, here)
        tl.debug_barrier()


@triton.jit(do_not_specialize=VARYING)
def backward(
    d_products,
    d_candidates,
    d_output,
    gates,
    outputs,
    products,
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
    """The gradients of the products and of the sums in the candidates, from the end."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)[:, None]
    is_row = row < batch
    width = 3 * units
    for step in range(first, last):
        t = steps - 1 - step
        at = (row.to(tl.int64) * steps + t) * units
        before = outputs + (row.to(tl.int64) * (steps + 1) + t) * units
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
                d_products + 3 * at + width,
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
            d += loaded(d_outputs + at + column, here)
            z = loaded(gates + 3 * at + column, here)
            r = loaded(gates + 3 * at + units + column, here)
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
            d_r = d_candidate * loaded(products + at + column, here) * r * (1 - r)
            stored(d_products + 3 * at + column, d_z, here)
            stored(d_products + 3 * at + units + column, d_r, here)
            stored(d_products + 3 * at + 2 * units + column, d_candidate * r, here)
            stored(d_candidates + at + column, d_candidate, here)
            stored(d_output + following + column, d_old, here)
        tl.debug_barrier()
