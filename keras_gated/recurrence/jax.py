"""The loop over time on JAX, and operations that keep double precision."""

import jax
import jax.numpy as jnp

from keras_gated.types import Body, Tensor

matmul = jnp.matmul
tanh = jnp.tanh


def scan(
    body: Body, states: tuple[Tensor, ...], inputs: tuple[Tensor, ...], stack: bool
) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Carries `states` through the leading axis of `inputs` with `jax.lax.scan`.

    Args:
        body: Maps the states and the inputs of one step to the next states.
        states: Initial states, each `(batch, units)`.
        inputs: Tensors whose first axis is time.
        stack: Whether to collect the first state of every step.

    Returns:
        The final states, and the collected outputs `(time, batch, units)` or `None`.
    """

    def step(
        carry: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor | None]:
        carry = body(carry, current)
        return carry, carry[0] if stack else None

    return jax.lax.scan(step, states, inputs)
