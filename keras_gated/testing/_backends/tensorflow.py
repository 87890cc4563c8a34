"""What the checks need of TensorFlow."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import tensorflow as tf

COMPILES_TRAINING = True
"""XLA compiles training."""

PROCESSES: tuple[dict[str, str], ...] = ({},)


def interpreted() -> AbstractContextManager[None]:
    """Makes no graphs: to trace one takes longer than to run it once."""
    return _running_functions_eagerly(True)


def compiled() -> AbstractContextManager[None]:
    """Makes graphs inside a block of `interpreted` all the same."""
    return _running_functions_eagerly(False)


def one_program(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is."""
    return function


def double_precision() -> AbstractContextManager[None]:
    """Changes nothing: float64 is there."""
    return nullcontext()


@contextmanager
def _running_functions_eagerly(eagerly: bool) -> Iterator[None]:
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(eagerly)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def exported_outputs(model: Any, folder: Path, x: Any) -> Any:
    """What a model computes of an array once it is exported as a saved model."""
    model.export(folder, format="tf_saved_model", verbose=False)
    # It must outlive the call: its function does not hold its weights.
    loaded = tf.saved_model.load(folder)
    return loaded.serve(x).numpy()


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
