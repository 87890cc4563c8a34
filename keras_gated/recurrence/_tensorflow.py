"""Loops, derivatives and double-precision operations on TensorFlow."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ParamSpec, TypeVar

import tensorflow as tf
from keras import ops

from keras_gated._types import Backward, Body, Differentiable, Forward, Tensor
from keras_gated.recurrence._tensorflow_private import has_tangent, is_recorded_without

P = ParamSpec("P")
R = TypeVar("R")

matmul = ops.matmul
tanh = ops.tanh
tensordot: Callable[..., Tensor] = ops.tensordot


def sigmoid(x: Tensor) -> Tensor:
    """The logistic function; XLA computes tanh faster than exp and a division."""
    return 0.5 * tf.tanh(0.5 * x) + 0.5


def scan(
    body: Body,
    states: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    collected: int,
    reverse: bool = False,
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Carries `states` through time with `tf.while_loop`.

    The number of iterations is bounded by the length of the inputs, which is what XLA
    needs to differentiate the loop, also when that length is unknown beforehand.
    """
    length = tf.shape(inputs[0])[0]
    sources = [
        tf.TensorArray(x.dtype, size=length, element_shape=x.shape[1:]).unstack(x)
        for x in inputs
    ]
    # XLA refuses an array that nothing is written to: there are as many as are filled.
    arrays = tuple(
        tf.TensorArray(states[0].dtype, size=length) for _ in range(collected)
    )

    def step(
        done: Tensor, carry: tuple[Tensor, ...], *arrays: Tensor
    ) -> tuple[Tensor, ...]:
        time = length - 1 - done if reverse else done
        after, outputs = body(carry, tuple(source.read(time) for source in sources))
        for new, old in zip(after, carry, strict=True):
            new.set_shape(old.shape)
        written = (
            array.write(time, output)
            for array, output in zip(arrays, outputs, strict=True)
        )
        return done + 1, after, *written

    _, states, *arrays = tf.while_loop(
        lambda done, *_: done < length,
        step,
        (tf.constant(0), states, *arrays),
        maximum_iterations=length,
    )
    return states, tuple(array.stack() for array in arrays)


def own_dtype(tensor: Tensor) -> AbstractContextManager[Any]:
    """A context in which the type of operations is that of their tensors: any."""
    return nullcontext()


def is_recorded() -> bool:
    """Whether a tracer that loses what is written in place is at work: never."""
    return False


def uncompiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as it is: its loops are compiled as loops."""
    return function


def custom_gradient(
    forward: Forward,
    backward: Backward,
    differentiable: Differentiable,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
    is_native: bool = False,
) -> tuple[Tensor, ...]:
    """Computes `forward` such that its derivative is `backward`.

    In a graph that XLA does not compile as a whole, XLA compiles this part of it if
    the number of time steps is known: with an unknown one, each new length would be
    compiled anew. Such a part can't be differentiated twice.

    If the loop is the native one, `is_native`, there is nothing to compile, and the
    gradient of the first argument is spared where no tape wants it.
    """
    # Eagerly, Keras hands out variables, whose gradient TensorFlow wants elsewhere.
    arguments = tuple(tf.convert_to_tensor(argument) for argument in arguments)
    in_graph = not tf.executing_eagerly()
    if has_tangent(arguments):
        if in_graph:
            raise NotImplementedError(
                "TensorFlow carries no derivative forward through a loop in a graph: "
                "call the layer outside of any tf.function under a "
                "tf.autodiff.ForwardAccumulator."
            )
        return differentiable(arguments, constants)
    compiled = in_graph and not is_native and arguments[0].shape[1] is not None
    spared = in_graph and is_native and is_recorded_without(arguments[0])

    @tf.custom_gradient
    def function(*arguments: Tensor) -> tuple[tuple[Tensor, ...], Backward]:
        results, residuals = forward(arguments, constants, True)

        def gradient(*gradients: Tensor) -> tuple[Tensor, ...]:
            first, *others = backward(residuals, gradients, not spared)
            if spared:
                first = _of_first(differentiable, arguments, constants, gradients)
            found = (first, *others)
            return _differentiable_once(*found) if compiled else found

        return results, gradient

    if compiled:
        return tf.function(function, jit_compile=True)(*arguments)
    return function(*arguments)


def _of_first(
    differentiable: Differentiable,
    arguments: tuple[Tensor, ...],
    constants: tuple[Tensor | None, ...],
    gradients: tuple[Tensor, ...],
) -> Tensor:
    """The gradient of the first argument, in operations that go if nobody wants it.

    A tape around the graph might, which cannot be known in it. A custom call would
    be run all the same.
    """
    with tf.GradientTape() as tape:
        tape.watch(arguments[0])
        results = differentiable(arguments, constants)
    return tape.gradient(results, arguments[0], gradients)


def with_batch_size(sequences: Tensor, batch_size: int) -> Tensor:
    """Sequences of so many as a graph that does not know it must be told.

    When the graph is run on another number, TensorFlow says both.
    """
    others = [None] * (len(sequences.shape) - 1)
    return tf.ensure_shape(sequences, (batch_size, *others))


def gradient(function: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """The derivative of a scalar `function(arguments, ...)` to its `arguments`.

    They are a tuple; where the function ignores one, its gradient is zero.
    """

    @tf.function(autograph=False)
    def compute(arguments: tuple[Tensor, ...], *others: Any) -> tuple[Tensor, ...]:
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            value = function(arguments, *others)
        return tape.gradient(
            value, arguments, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )

    return compute


@tf.custom_gradient
def _differentiable_once(*tensors: Tensor) -> tuple[tuple[Tensor, ...], Backward]:
    def refuse(*gradients: Tensor) -> tuple[Tensor, ...]:
        raise NotImplementedError(
            "XLA compiles the loop of this recurrent layer, whose number of time steps "
            "is known, with first derivatives only. For second derivatives let the "
            "number be unknown, as in keras.Input((None, features)) or "
            "tf.TensorSpec((batch, None, features)), or call the layer eagerly."
        )

    return tensors, refuse
