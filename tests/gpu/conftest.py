"""The tests that a card is asked with; `benchmarks/gpu.sh` runs them on one.

Each runs on the CPU as well, where it shows that it is right, and not slow to fail.
"""

import keras
import pytest

from keras_gated.recurrence.experimental import SWITCH


def cards():
    """How many GPUs the backend sees."""
    match keras.backend.backend():
        case "jax":
            import jax

            return sum(device.platform == "gpu" for device in jax.devices())
        case "torch":
            import torch

            return torch.cuda.device_count()
    import tensorflow as tf

    return len(tf.config.list_physical_devices("GPU"))


@pytest.fixture(params=["cpu", "gpu"])
def device(request, monkeypatch):
    """Where everything is computed, in loops for GPUs if it is one."""
    if request.param == "gpu" and not cards():
        pytest.skip(f"{keras.backend.backend()} sees no GPU")
    monkeypatch.setenv(SWITCH, "1")
    # Keras 3.15 makes no layer with a seed on PyTorch's "cpu:0".
    with keras.device("cpu" if request.param == "cpu" else "gpu:0"):
        yield request.param
