"""The LSTM's kernels, with peepholes or without."""

from typing import Any

import jax.numpy as jnp

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax import sigmoid
from keras_gated.recurrence._jax_gpu.program import Program, held
from keras_gated.recurrence._jax_gpu.unit import (
    UnitKernels,
    after,
    before,
    output_gradient,
    parted,
    pass_back,
    put_out,
)

INPUT, FORGET, OUTPUT = range(3)
"""Rows of the peepholes."""


class LSTMKernels(UnitKernels):
    """States: output and cell state. Gates: i, f, c, o. Peepholes: i, f, o."""

    blocks = 4
    states = ("output", "carry")
    kept = ("input_gate", "forget_gate", "candidate", "output_gate")

    def kernels(self, weights: Tensors) -> dict[str, Tensor]:
        return {"kernel": weights[0]}

    def rows(self, weights: Tensors) -> dict[str, Tensor]:
        return dict(zip(("peepholes",), weights[1:], strict=False))

    def step(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def block(j: Any) -> None:
            sums = program.products("seen", "kernel", 4, j, before(t))
            i, f, candidate, o = (
                total + program.read("projected", j, t, gate)
                for gate, total in enumerate(sums)
            )
            output = program.read("output", j, part=before(t))
            carry = program.read("carry", j, part=before(t))
            i = sigmoid(i + _seen(program, INPUT, carry, j))
            f = sigmoid(f + _seen(program, FORGET, carry, j))
            candidate = jnp.tanh(candidate)
            new = f * carry + i * candidate
            o = sigmoid(o + _seen(program, OUTPUT, new, j))
            put_out(program, held(o * jnp.tanh(new), output, valid), j, t)
            program.write("carry", held(new, carry, valid), j, part=after(t))
            program.write("carries", carry, j, t)
            for name, value in zip(self.kept, (i, f, candidate, o), strict=True):
                program.write(name, value, j, t)

        program.for_blocks(block)

    def step_back(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def local(j: Any) -> None:
            i, f, candidate, o = (program.read(name, j, t) for name in self.kept)
            carry = program.read("carries", j, t)
            squashed = jnp.tanh(f * carry + i * candidate)
            d_output, passing = parted(output_gradient(program, j, t), valid)
            d_carry = program.read("d_carry", j, part=after(t))
            d_carry, carry_passing = parted(d_carry, valid)
            d_o = d_output * squashed * o * (1 - o)
            d_carry += d_output * o * (1 - squashed * squashed)
            d_carry += _seen(program, OUTPUT, d_o, j)
            d_i = d_carry * candidate * i * (1 - i)
            d_f = d_carry * carry * f * (1 - f)
            d_candidate = d_carry * i * (1 - candidate * candidate)
            for gate, value in enumerate((d_i, d_f, d_candidate, d_o)):
                program.write("d_projected", value, j, t, gate)
                program.write("d_sums", value, j, part=gate)
            d_before = d_carry * f
            d_before += _seen(program, INPUT, d_i, j) + _seen(program, FORGET, d_f, j)
            program.write("d_carry", d_before + carry_passing, j, part=before(t))
            program.write("d_output", passing, j, part=1)

        def products(j: Any) -> None:
            pass_back(program, program.back("d_sums", range(4), "kernel", j), j)

        program.for_blocks(local)
        program.for_blocks(products)


def _seen(program: Program, row: int, tile: Tensor, block: Any) -> Any:
    """`tile` through a peephole, or nothing."""
    if not program.has("peepholes"):
        return 0.0
    return tile * program.row("peepholes", block, row)
