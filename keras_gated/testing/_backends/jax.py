"""What the checks need of JAX."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import jax
import keras

COMPILES_TRAINING = True
"""XLA compiles training."""

PROCESSES: tuple[dict[str, str], ...] = (
    {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"},
)


def interpreted() -> AbstractContextManager[None]:
    """Runs loops in Python: XLA takes longer to compile one than Python for ten."""
    return jax.disable_jit()


def compiled() -> AbstractContextManager[None]:
    """Compiles inside a block of `interpreted` all the same."""
    return jax.disable_jit(False)


def one_program(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of tensors, compiled as a whole, also where others are not."""
    program = jax.jit(function)

    def call(*arguments: Any) -> Any:
        with compiled():
            return program(*arguments)

    return call


def double_precision() -> AbstractContextManager[None]:
    """Computes in float64 where it is asked for."""
    return jax.enable_x64(True)


def exported_outputs(model: Any, folder: Path, x: Any) -> Any:
    """What a model computes of an array once it is exported as a saved model."""
    import tensorflow as tf

    model.export(folder, format="tf_saved_model", verbose=False)
    # It must outlive the call: its function does not hold its weights.
    loaded = tf.saved_model.load(folder)
    return loaded.serve(x).numpy()


def train_on_two_devices(
    load: Callable[[], Any], fit: Callable[[Any], None], folder: Path
) -> Any:
    """Trains the model that `load` gives, each batch spread over two devices."""
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    model = load()
    fit(model)
    return model
