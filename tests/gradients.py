"""Values and gradients of a function on whichever backend is under test."""

import keras
import numpy as np


def value_and_gradients(function, *arrays):
    """The scalar `function(*arrays)` and its gradients, in Keras' `floatx`."""
    floatx = keras.config.floatx()
    tensors = [keras.ops.convert_to_tensor(array, dtype=floatx) for array in arrays]
    value, gradients = _BACKENDS[keras.backend.backend()](function, tensors)
    to_numpy = keras.ops.convert_to_numpy
    return to_numpy(value), [to_numpy(gradient) for gradient in gradients]


def gradients(function, variables):
    """The gradients of the scalar `function()` to the Keras `variables` it reads."""

    def of_values(*values):
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function()

    arrays = [keras.ops.convert_to_numpy(variable.value) for variable in variables]
    return value_and_gradients(of_values, *arrays)[1]


def outcome(layer, x, states, weights, mask, upstream):
    """A sum over all results of the layer, and its gradients to all that it reads."""

    def total(x, *rest):
        before, values = rest[: len(states)], rest[len(states) :]
        with keras.StatelessScope(
            list(zip(layer.trainable_variables, values, strict=True))
        ):
            results = layer(x, initial_state=list(before), mask=mask)
        parts = zip(results, upstream, strict=True)
        return sum(
            keras.ops.sum(keras.ops.multiply(result, weight))
            for result, weight in parts
        )

    return value_and_gradients(total, x, *states, *weights)


def finite_differences(function, array, step=1e-6):
    """Central differences of the scalar `function` at a float64 `array`."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[index] += step
        below[index] -= step
        gradient[index] = (function(above) - function(below)) / (2 * step)
    return gradient


def _jax(function, tensors):
    import jax

    arguments = tuple(range(len(tensors)))
    return jax.jit(jax.value_and_grad(function, arguments))(*tensors)


def _tensorflow(function, tensors):
    import tensorflow as tf

    @tf.function
    def compute(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = function(*tensors)
        return value, tape.gradient(value, tensors)

    return compute(*tensors)


def _torch(function, tensors):
    tensors = [tensor.detach().requires_grad_(True) for tensor in tensors]
    value = function(*tensors)
    value.backward()
    return value.detach(), [tensor.grad for tensor in tensors]


_BACKENDS = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
