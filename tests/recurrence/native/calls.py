"""Random calls of the C++ loops, right ones and such that are wrong in one array."""

import ml_dtypes  # noqa: F401 - tells NumPy what bfloat16 is
import numpy as np
from hypothesis import strategies as st

from keras_gated.recurrence.native.call import KINDS, READS, WRITES, Call
from keras_gated.recurrence.native.layout import NUMBERS

CARRY_ONLY = {"peepholes", "first_carry", "carries", "last_carry", "d_last_carry"}
CARRY_ONLY |= {"d_first_carry", "d_peepholes"}
OPTIONAL = ("bias", "recurrent_bias", "peepholes", "valid", "dropout_mask")
LENGTHS = st.integers(1, 4)
HUGE = 2**40

SIZES = {"b": 3, "t": 5, "d": 2, "h": 4}
"""Those of `valid_call`."""


def valid_call():
    """A forward call of a GRU: its arguments for `Call`, and the arrays by name."""
    shapes = {
        "inputs": (3, 5, 2),
        "kernel": (2, 12),
        "recurrent_kernel": (4, 12),
        "first_output": (3, 4),
    }
    arrays = {name: np.ones(shape, "float32") for name, shape in shapes.items()}
    return ["forward", 1, tuple(arrays), ("outputs", "last_output")], arrays


def shapes_of(unit, axes, sizes):
    """The shape of an array by the letters of its axes."""
    lengths = sizes | KINDS[unit].blocks.lengths(sizes["h"])
    return tuple(lengths[axis] for axis in axes)


@st.composite
def right_calls(draw):
    """A call, and the arrays that it reads, in NumPy."""
    direction = draw(st.sampled_from(list(READS)))
    unit = draw(st.sampled_from(range(len(KINDS))))
    left_out = {name for name in OPTIONAL if draw(st.booleans())}
    left_out |= set() if KINDS[unit].has_carry else CARRY_ONLY
    left_out |= set() if KINDS[unit].blocks.recurrent_bias else {"recurrent_bias"}
    left_out |= {f"d_{name}" for name in left_out}
    if KINDS[unit].blocks.kept == 0:
        left_out.add("kept")
    reads, writes = (
        tuple(name for name in table[direction] if name not in left_out)
        for table in (READS, WRITES)
    )
    sizes = {axis: draw(LENGTHS) for axis in "btdh"}
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    number = draw(st.sampled_from(NUMBERS))
    arrays = [
        rng.normal(size=shapes_of(unit, axes, sizes)).astype(
            number if dtype == "number" else dtype
        )
        for axes, _, dtype in (READS[direction][name] for name in reads)
    ]
    return Call(direction, unit, reads, writes), arrays


@st.composite
def wrong_calls(draw):
    """The same with one array of another type, shape or number of axes.

    Those of huge ones are repeated numbers, which take no memory.
    """
    call, arrays = draw(right_calls())
    index = draw(st.integers(0, len(arrays) - 1))
    right = arrays[index]
    # How many steps there are may be the business of the inputs alone.
    steps = "".join(call.read_axes).count("t")
    axes = [n for n, a in enumerate(call.read_axes[index]) if a != "t" or steps > 1]
    axis = draw(st.sampled_from(axes))
    lengths = st.sampled_from([0, 1, 2, 3, 5, 7, HUGE])
    other = draw(lengths.filter(lambda length: length != right.shape[axis]))
    resized = (*right.shape[:axis], other, *right.shape[axis + 1 :])
    dtypes = {*NUMBERS, "float64", "float16", "int32", "uint8", "bool"}
    arrays[index] = draw(
        st.sampled_from(
            [
                np.broadcast_to(np.zeros((), right.dtype), resized),
                np.zeros((*right.shape, 1), right.dtype),
                np.zeros(right.shape[1:], right.dtype),
                *(right.astype(name) for name in sorted(dtypes - {right.dtype.name})),
            ]
        )
    )
    return call, arrays
