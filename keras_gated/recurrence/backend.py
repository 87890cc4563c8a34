"""The file of this package that belongs to the active Keras backend."""

from collections.abc import Callable

import keras

from keras_gated._types import Tensor

match keras.backend.backend():
    case "jax":
        from keras_gated.recurrence._jax import (
            custom_gradient,
            gradient,
            is_recorded,
            matmul,
            own_dtype,
            scan,
            sigmoid,
            tanh,
            tensordot,
            uncompiled,
            with_batch_size,
        )
    case "tensorflow":
        from keras_gated.recurrence._tensorflow import (
            custom_gradient,
            gradient,
            is_recorded,
            matmul,
            own_dtype,
            scan,
            sigmoid,
            tanh,
            tensordot,
            uncompiled,
            with_batch_size,
        )
    case "torch":
        from keras_gated.recurrence._torch import (
            custom_gradient,
            gradient,
            is_recorded,
            matmul,
            own_dtype,
            scan,
            sigmoid,
            tanh,
            tensordot,
            uncompiled,
            with_batch_size,
        )
    case unsupported:
        raise ImportError(
            "keras_gated runs on the Keras backends jax, tensorflow and torch. The "
            f"active one is {unsupported!r}. Set the environment variable "
            "KERAS_BACKEND to one of the three before Keras is imported."
        )

__all__ = [
    "custom_gradient",
    "exact",
    "gradient",
    "is_recorded",
    "matmul",
    "own_dtype",
    "scan",
    "sigmoid",
    "tanh",
    "tensordot",
    "uncompiled",
    "with_batch_size",
]


def exact(activation: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """The same activation, in the precision of its input."""
    if activation is keras.activations.tanh:
        return tanh
    return sigmoid if activation is keras.activations.sigmoid else activation
