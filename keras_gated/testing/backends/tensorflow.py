"""What the checks need of TensorFlow."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import tensorflow as tf

PROCESSES: tuple[dict[str, str], ...] = ({},)


def interpreted() -> AbstractContextManager[None]:
    """Changes nothing: outside of a graph loops run in Python."""
    return nullcontext()


def compiled() -> AbstractContextManager[None]:
    """Changes nothing."""
    return nullcontext()


def double_precision() -> AbstractContextManager[None]:
    """Changes nothing: float64 is there."""
    return nullcontext()


def train_on_two_devices(
    load: Callable[[], Any], fit: Callable[[Any], None], folder: Path
) -> Any:
    """Trains the model that `load` gives, each batch spread over two devices."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = load()
        fit(model)
    return model
