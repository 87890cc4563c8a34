"""The tanh unit's kernels."""

from typing import Any

import jax.numpy as jnp

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax_gpu.program import Program, held
from keras_gated.recurrence._jax_gpu.unit import (
    UnitKernels,
    before,
    output_gradient,
    parted,
    pass_back,
    put_out,
)


class SimpleRNNKernels(UnitKernels):
    """States: the output."""

    blocks = 1
    kept = ()

    def kernels(self, weights: Tensors) -> dict[str, Tensor]:
        return {"kernel": weights[0]}

    def step(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def block(j: Any) -> None:
            (total,) = program.products("seen", "kernel", 1, j, before(t))
            new = jnp.tanh(total + program.read("projected", j, t))
            output = program.read("output", j, part=before(t))
            put_out(program, held(new, output, valid), j, t)

        program.for_blocks(block)

    def step_back(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def local(j: Any) -> None:
            output = program.read("outputs", j, t)
            d_output, passing = parted(output_gradient(program, j, t), valid)
            d_sum = d_output * (1 - output * output)
            program.write("d_projected", d_sum, j, t)
            program.write("d_sums", d_sum, j)
            program.write("d_output", passing, j, part=1)

        def products(j: Any) -> None:
            pass_back(program, program.back("d_sums", (0,), "kernel", j), j)

        program.for_blocks(local)
        program.for_blocks(products)
