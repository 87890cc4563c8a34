"""What the kernels of all units have in common.

A kernel keeps the states from step to step in float32, in two places in turn: one is
read while the other is written.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import lax

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax_gpu.program import Program, held


class UnitKernels(ABC):
    """The kernels of a unit, forward and backward.

    Forward they read `projected`, the projected inputs, and the first states, and write
    `outputs` and what is kept. Their own are the states in turn and `seen`, what the
    products read of the output. Backward they read the gradients of what they wrote,
    and write `d_projected`. Their own are the gradients of the states in turn and
    `d_sums`, that of what the products gave.
    """

    blocks: ClassVar[int]
    """Blocks of columns in the projected inputs."""

    states: ClassVar[tuple[str, ...]] = ("output",)

    kept: ClassVar[tuple[str, ...]]
    """Activations that the derivative needs, as the equations hand them out."""

    factors: ClassVar[tuple[str, ...]] = ()
    """What other products read forward: arrays of their own, of one part."""

    forward_memory: ClassVar[tuple[str, ...]] = ()
    """Other such arrays, in float32."""

    backward_memory: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def kernels(self, weights: Tensors) -> dict[str, Tensor]:
        """The recurrent kernels, by name."""

    def rows(self, weights: Tensors) -> dict[str, Tensor]:
        """What else there is of weights."""
        return {}

    @abstractmethod
    def step(self, program: Program, t: Any) -> None:
        """One step of all units."""

    @abstractmethod
    def step_back(self, program: Program, t: Any) -> None:
        """The derivative of one step."""

    def forward(self, program: Program) -> None:
        """All steps."""

        def start(block: Any) -> None:
            for name in self.states:
                first = program.read(f"first_{name}", block)
                program.write(name, first, block)
            output = program.read("first_output", block)
            program.write("seen", program.dropped(output, block), block)

        program.for_blocks(start)
        program.for_steps(lambda t: self.step(program, t))

    def backward(self, program: Program) -> None:
        """The derivative of all steps, from the last to the first."""

        def start(block: Any) -> None:
            for name in self.states:
                last = program.read(f"d_last_{name}", block)
                place = 0 if name == "output" else program.steps % 2
                program.write(f"d_{name}", last, block, part=place)

        program.for_blocks(start)
        program.for_steps(lambda t: self.step_back(program, t), reverse=True)


def put_out(program: Program, output: Tensor, block: Any, t: Any) -> None:
    """Writes the output of a step wherever it is read."""
    program.write("outputs", output, block, t)
    program.write("output", output, block, part=after(t))
    program.write("seen", program.dropped(output, block), block, part=after(t))


def output_gradient(program: Program, block: Any, t: Any) -> Tensor:
    """The gradient of the output of a step, from all that reads it."""
    return program.read("d_output", block) + program.read("d_outputs", block, t)


def parted(gradient: Tensor, valid: Tensor | None) -> tuple[Tensor, Tensor]:
    """What of a gradient goes into a step, and what passes by a masked one."""
    zeros = jnp.zeros_like(gradient)
    if valid is None:
        return gradient, zeros
    return held(gradient, zeros, valid), held(zeros, gradient, valid)


def output_before(program: Program, block: Any, t: Any) -> Tensor:
    """The output before a step."""
    earlier = program.read("outputs", block, lax.max(t - 1, 0))
    return jnp.where(t > 0, earlier, program.read("first_output", block))


def before(t: Any) -> Any:
    """The place of the states before a step."""
    return lax.rem(t, 2)


def after(t: Any) -> Any:
    """The place of the states after a step."""
    return lax.rem(t + 1, 2)


def pass_back(program: Program, d_seen: Tensor, block: Any) -> None:
    """Adds the gradient of what the products read to that of the output before."""
    passing = program.read("d_output", block, part=1)
    program.write("d_output", passing + program.dropped(d_seen, block), block)
