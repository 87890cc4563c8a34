"""Gradients of Keras code by the backend under test."""

import keras
import numpy as np


def gradients(function, variables):
    """d `function()` / d each of `variables`, as NumPy arrays.

    `function` takes nothing, reads the Keras `variables`, and returns a scalar.
    """
    found = _BACKENDS[keras.backend.backend()](function, variables)
    return [np.asarray(keras.ops.convert_to_numpy(gradient)) for gradient in found]


def _jax(function, variables):
    import jax

    def of_values(values):
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function()

    return jax.jit(jax.grad(of_values))([v.value for v in variables])


def _tensorflow(function, variables):
    import tensorflow as tf

    @tf.function
    def compute():
        with tf.GradientTape() as tape:
            loss = function()
        return tape.gradient(loss, [v.value for v in variables])

    return compute()


def _torch(function, variables):
    import torch

    return torch.autograd.grad(function(), [v.value for v in variables])


_BACKENDS = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
