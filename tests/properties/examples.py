"""How many examples Hypothesis draws, and from what."""

import keras
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.tiers import EXHAUSTIVE

# Compiled backends compile every shape anew.
COMPILES = keras.backend.backend() != "torch"


def few_or_many(few, many):
    """The settings of a test: `few` examples by default, `many` when asked for."""
    return settings(
        max_examples=many if EXHAUSTIVE else few,
        deadline=None,
        derandomize=False,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


SEEDS = st.integers(0, 2**32 - 1)

SHAPES = (
    st.sampled_from([(2, 5, 3, 4), (1, 1, 1, 1)])
    if COMPILES and not EXHAUSTIVE
    else st.tuples(*(st.integers(1, most) for most in (4, 7, 5, 6)))
)
"""Batch, time, features and units."""


@st.composite
def masks(draw, batch, time):
    """Booleans `(batch, time)` of any kind, none and all among them; or no mask."""
    kind = draw(st.sampled_from(["no", "all", "none", "right", "left", "any"]))
    rng = np.random.default_rng(draw(SEEDS))
    steps, lengths = np.arange(time), rng.integers(0, time + 1, (batch, 1))
    match kind:
        case "no":
            return None
        case "all":
            return np.ones((batch, time), bool)
        case "none":
            return np.zeros((batch, time), bool)
        case "right":
            return steps < lengths
        case "left":
            return steps >= lengths
    return rng.random((batch, time)) < 0.6
