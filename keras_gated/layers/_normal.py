r"""Normal numbers for many weights in one draw.

JAX's own take three times as long on a CPU: for a loop over the rounds of its
generator that XLA does not fuse, and for the inverse of the error function. Here the
rounds of the same generator, Threefry, are one expression. Each word of 32 bits gives
two numbers by the polar coordinates of Box and Muller (1958): 20 bits are a radius,
$\sqrt{-2 \ln u}$, and 12 bits an angle. So no number lies beyond 5.4 standard
deviations, where one in 15 million would.

Threefry: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3
(2011).
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_gated._types import Tensor

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
GROUPS_OF_ROUNDS = 5

RADIUS_BITS = 20
ANGLE_BITS = 12
TERMS = 5
"""Of the series of sine and cosine, which then are off by 4e-6 at most."""


def normals(likes: Sequence[Tensor], seed: keras.random.SeedGenerator) -> list[Tensor]:
    """Standard normal numbers, independent, in tensors shaped and typed as these.

    On JAX they depend on the state of the generator, which advances, and on nothing
    else but for rounding: not on threads, devices or what they are compiled with.
    Elsewhere they are Keras' own.
    """
    if keras.backend.backend() != "jax":
        dtypes = (keras.backend.standardize_dtype(like.dtype) for like in likes)
        return [
            keras.random.normal(like.shape, dtype=dtype, seed=seed)
            for like, dtype in zip(likes, dtypes, strict=True)
        ]
    sizes = [math.prod(like.shape) for like in likes]
    flat = _normals(sum(sizes), seed.next())
    ends = itertools.accumulate(sizes)
    return [
        ops.cast(ops.reshape(flat[end - size : end], like.shape), like.dtype)
        for like, size, end in zip(likes, sizes, ends, strict=True)
    ]


def _normals(count: int, key: Tensor) -> Tensor:
    counters = ops.arange(-(-count // 4), dtype="uint32")
    words = ops.concatenate(threefry(key, counters, ops.zeros_like(counters)))
    # Bits become a signed integer first, which processors turn into a float faster.
    radius = _middle(ops.right_shift(words, _word(ANGLE_BITS)), RADIUS_BITS)
    angle = _middle(ops.bitwise_and(words, _word(2**ANGLE_BITS - 1)), ANGLE_BITS)
    radius = ops.sqrt(-2 * ops.log(radius))
    cosine, sine = _on_circle(2 * angle - 1)
    return ops.concatenate([radius * cosine, radius * sine])[:count]


def threefry(key: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Threefry-2x32 with 20 rounds: pairs of words for pairs of counters.

    Args:
        key: Two words.
        first: The first counters, words.
        second: The second ones.
    """
    keys = [key[0], key[1]]
    keys.append(ops.bitwise_xor(ops.bitwise_xor(keys[0], keys[1]), _word(PARITY)))
    first, second = first + keys[0], second + keys[1]
    for group in range(GROUPS_OF_ROUNDS):
        for bits in ROTATIONS[group % 2]:
            first = first + second
            second = ops.bitwise_xor(first, _rotated(second, bits))
        first = first + keys[(group + 1) % 3]
        second = second + keys[(group + 2) % 3] + _word(group + 1)
    return first, second


def _rotated(words: Tensor, bits: int) -> Tensor:
    left = ops.left_shift(words, _word(bits))
    return ops.bitwise_or(left, ops.right_shift(words, _word(32 - bits)))


def _middle(integers: Tensor, bits: int) -> Tensor:
    """The middle of each of 2^bits equal parts of the interval from 0 to 1."""
    integers = ops.cast(ops.cast(integers, "int32"), "float32")
    return (integers + 0.5) * 2.0**-bits


def _on_circle(half_turns: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of angles between -1 and 1 half-turns.

    By their series around a quarter-turn: XLA's own take longer than all else here.
    """
    from_quarter = 0.5 - ops.absolute(half_turns)
    square = ops.square(from_quarter)
    odd = from_quarter * _series(square, first=1)
    return odd, ops.sign(half_turns) * _series(square, first=0)


def _series(square: Tensor, first: int) -> Tensor:
    result: Any = 0.0
    for power in range(first + 2 * TERMS, -1, -2):
        factor = math.pi**power / math.factorial(power)
        result = (-1) ** (power // 2) * factor + square * result
    return result


def _word(number: int) -> Any:
    return np.uint32(number)
