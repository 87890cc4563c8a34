"""The kernels of both GRUs."""

from typing import Any

import jax.numpy as jnp

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence._jax import sigmoid
from keras_gated.recurrence._jax_gpu.program import Program, held
from keras_gated.recurrence._jax_gpu.unit import (
    UnitKernels,
    before,
    output_before,
    output_gradient,
    parted,
    pass_back,
    put_out,
)

Z, R, CANDIDATE = range(3)
"""Blocks of columns."""


class GRUResetBeforeKernels(UnitKernels):
    """States: the output. Gates: z, r, h. All of r is known before h is begun."""

    blocks = 3
    kept = ("update_gate", "reset_gate", "candidate")
    factors = ("reset",)
    forward_memory = ("z",)
    backward_memory = ("d_seen",)

    def kernels(self, weights: Tensors) -> dict[str, Tensor]:
        return dict(zip(("to_gates", "to_candidate"), weights, strict=True))

    def step(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def gates(j: Any) -> None:
            z, r = (
                sigmoid(total + program.read("projected", j, t, gate))
                for gate, total in enumerate(
                    program.products("seen", "to_gates", 2, j, before(t))
                )
            )
            program.write("z", z, j)
            program.write("update_gate", z, j, t)
            program.write("reset_gate", r, j, t)
            program.write("reset", r * program.read("seen", j, part=before(t)), j)

        def outputs(j: Any) -> None:
            (total,) = program.products("reset", "to_candidate", 1, j)
            candidate = jnp.tanh(total + program.read("projected", j, t, CANDIDATE))
            program.write("candidate", candidate, j, t)
            z, output = program.read("z", j), program.read("output", j, part=before(t))
            new = z * output + (1 - z) * candidate
            put_out(program, held(new, output, valid), j, t)

        program.for_blocks(gates)
        program.for_blocks(outputs)

    def step_back(self, program: Program, t: Any) -> None:
        def local(j: Any) -> None:
            d_candidate = _update_back(program, j, t)
            program.write("d_sums", d_candidate, j, part=CANDIDATE)

        def reset(j: Any) -> None:
            d_reset = program.back("d_sums", (CANDIDATE,), "to_candidate", j)
            r = program.read("reset_gate", j, t)
            seen = program.dropped(output_before(program, j, t), j)
            d_r = d_reset * seen * r * (1 - r)
            program.write("d_projected", d_r, j, t, R)
            program.write("d_sums", d_r, j, part=R)
            program.write("d_seen", d_reset * r, j)

        def products(j: Any) -> None:
            d_seen = program.back("d_sums", (Z, R), "to_gates", j)
            pass_back(program, program.read("d_seen", j) + d_seen, j)

        for phase in (local, reset, products):
            program.for_blocks(phase)


class GRUResetAfterKernels(UnitKernels):
    """States: the output. Gates: z, r, h."""

    blocks = 3
    kept = ("update_gate", "reset_gate", "candidate", "product")

    def kernels(self, weights: Tensors) -> dict[str, Tensor]:
        return {"kernel": weights[0]}

    def rows(self, weights: Tensors) -> dict[str, Tensor]:
        return dict(zip(("bias",), weights[1:], strict=False))

    def step(self, program: Program, t: Any) -> None:
        valid = program.valid(t)

        def block(j: Any) -> None:
            sums: Any = program.products("seen", "kernel", 3, j, before(t))
            if program.has("bias"):
                sums = [s + program.row("bias", j, n) for n, s in enumerate(sums)]
            of_z, of_r, product = sums
            z = sigmoid(of_z + program.read("projected", j, t, Z))
            r = sigmoid(of_r + program.read("projected", j, t, R))
            inside = r * product + program.read("projected", j, t, CANDIDATE)
            candidate = jnp.tanh(inside)
            output = program.read("output", j, part=before(t))
            new = z * output + (1 - z) * candidate
            put_out(program, held(new, output, valid), j, t)
            for name, value in zip(self.kept, (z, r, candidate, product), strict=True):
                program.write(name, value, j, t)

        program.for_blocks(block)

    def step_back(self, program: Program, t: Any) -> None:
        def local(j: Any) -> None:
            d_candidate = _update_back(program, j, t)
            r, product = (program.read(name, j, t) for name in self.kept[1::2])
            d_r = d_candidate * product * r * (1 - r)
            program.write("d_projected", d_r, j, t, R)
            program.write("d_sums", d_r, j, part=R)
            program.write("d_sums", d_candidate * r, j, part=CANDIDATE)

        def products(j: Any) -> None:
            pass_back(program, program.back("d_sums", range(3), "kernel", j), j)

        program.for_blocks(local)
        program.for_blocks(products)


def _update_back(program: Program, j: Any, t: Any) -> Tensor:
    """Writes the gradients of the sums in z and in the candidate; gives the latter.

    Also what passes through z, or by a masked step, to the output before.
    """
    valid = program.valid(t)
    z, candidate = (program.read(name, j, t) for name in ("update_gate", "candidate"))
    d_output, passing = parted(output_gradient(program, j, t), valid)
    d_z = d_output * (output_before(program, j, t) - candidate) * z * (1 - z)
    d_candidate = d_output * (1 - z) * (1 - candidate * candidate)
    program.write("d_projected", d_z, j, t, Z)
    program.write("d_sums", d_z, j, part=Z)
    program.write("d_projected", d_candidate, j, t, CANDIDATE)
    program.write("d_output", d_output * z + passing, j, part=1)
    return d_candidate
