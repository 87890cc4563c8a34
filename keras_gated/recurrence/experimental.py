"""The switch of the loops for GPUs, which nobody has measured on a card yet."""

import os

SWITCH = "KERAS_GATED_GPU_LOOPS"
"""The environment variable that turns them on if it is 1, when a layer is called."""


def gpu_loops_enabled() -> bool:
    """Whether layers may take the experimental loops for GPUs."""
    return os.environ.get(SWITCH) == "1"
