"""The loop over time on JAX, and operations that keep double precision."""

import jax
import jax.numpy as jnp

from keras_gated.types import Body, Tensor

matmul = jnp.matmul
tanh = jnp.tanh


def scan(
    body: Body, states: tuple[Tensor, ...], inputs: tuple[Tensor, ...], stack: bool
) -> tuple[tuple[Tensor, ...], Tensor | None]:
    """Carries `states` through time with `jax.lax.scan`."""

    def step(
        carry: tuple[Tensor, ...], current: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], Tensor | None]:
        carry = body(carry, current)
        return carry, carry[0] if stack else None

    return jax.lax.scan(step, states, inputs)
