"""What the kernels of all units are made of.

A kernel works on tiles of `ROWS` sequences by `COLUMNS` units. It takes the tiles that
are its own one after the other, at each of the steps that it is asked for; products run
over `DEPTH` numbers at a time. Histories have a state before every step and after the
last one, `(batch, steps + 1, units)`. A `state` is kept twice, `(2, batch, units)`, so
that no step overwrites what it reads.
"""

import os

import triton
import triton.language as tl

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
"""Whether NumPy runs the kernels, as Triton found when they were defined."""

VARYING = ["first", "last", "batch", "steps"]
"""The numbers for which no kernel is compiled anew."""


@triton.jit
def sigmoid(x):
    return 0.5 * tanh(0.5 * x) + 0.5


@triton.jit
def tanh(x):
    """By the exponential of what is not above zero, which does not overflow."""
    shrunk = tl.exp(-2 * tl.abs(x))
    size = (1 - shrunk) / (1 + shrunk)
    return tl.where(x < 0, -size, size)


@triton.jit
def loaded(place, there):
    """Numbers in memory as float32, and 0 where there are none."""
    return tl.load(place, mask=there, other=0.0).to(tl.float32)


@triton.jit
def stored(place, value, there):
    tl.store(place, value.to(place.dtype.element_ty), mask=there)


@triton.jit
def factor(place, there, dropout_mask, FACTOR: tl.constexpr):
    """A tile that a product reads, under the dropout mask if there is one.

    `dropout_mask` are its places, as those of the tile.
    """
    x = tl.load(place, mask=there, other=0.0)
    if dropout_mask is not None:
        kept = loaded(dropout_mask, there)
        x = (x.to(tl.float32) * kept).to(place.dtype.element_ty)
    return x.to(FACTOR)


@triton.jit
def seen(before, row, along, batch, units, dropout_mask, FACTOR: tl.constexpr):
    """What a product reads of the outputs of some sequences before a step.

    `before` are the places of the first unit, `along` the units.
    """
    dropped = None
    if dropout_mask is not None:
        dropped = dropout_mask + row * units + along
    return factor(before + along, (row < batch) & (along < units), dropped, FACTOR)


@triton.jit
def is_valid(valid, row, t, batch, steps):
    """Whether the step counts, for each sequence of a tile."""
    return tl.load(valid + row.to(tl.int64) * steps + t, mask=row < batch, other=0) != 0


@triton.jit
def product_back(
    total,
    gradients,
    there,
    weights,
    column,
    width,
    units,
    FACTOR: tl.constexpr,
    PRECISION: tl.constexpr,
    DEPTH: tl.constexpr,
):
    """Adds `gradients @ weights.T` to the tile; the weights are `(units, width)`."""
    for start in range(0, width, DEPTH):
        across = start + tl.arange(0, DEPTH)
        d = factor(
            gradients + across[None, :],
            there & (across[None, :] < width),
            None,
            FACTOR,
        )
        w = factor(
            weights + column * width + across[:, None],
            (across[:, None] < width) & (column < units),
            None,
            FACTOR,
        )
        total = tl.dot(d, w, total, input_precision=PRECISION)
    return total
