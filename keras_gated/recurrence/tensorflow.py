"""The loop over time on TensorFlow, and operations that keep double precision."""

import tensorflow as tf
from keras import ops

from keras_gated.types import Body, Tensor

matmul = ops.matmul
tanh = ops.tanh


def scan(
    body: Body, states: tuple[Tensor, ...], inputs: tuple[Tensor, ...], stack: bool
) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Carries `states` through time with `tf.while_loop`.

    The number of iterations is bounded by the length of the inputs, which is what XLA
    needs to differentiate the loop, also when that length is unknown beforehand.
    """
    length = tf.shape(inputs[0])[0]
    sources = [
        tf.TensorArray(x.dtype, size=length, element_shape=x.shape[1:]).unstack(x)
        for x in inputs
    ]
    # XLA refuses an array that nothing is written to, so there is one only on demand.
    outputs = (
        (tf.TensorArray(states[0].dtype, size=length, element_shape=states[0].shape),)
        if stack
        else ()
    )

    def step(
        time: Tensor, carry: tuple[Tensor, ...], *collected: Tensor
    ) -> tuple[Tensor, ...]:
        following = body(carry, tuple(source.read(time) for source in sources))
        for new, old in zip(following, carry, strict=True):
            new.set_shape(old.shape)
        written = (array.write(time, following[0]) for array in collected)
        return time + 1, following, *written

    _, states, *outputs = tf.while_loop(
        lambda time, *_: time < length,
        step,
        (tf.constant(0), states, *outputs),
        maximum_iterations=length,
    )
    return states, outputs[0].stack() if stack else None
