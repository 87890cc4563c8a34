"""The loops over time in NumPy, and their derivatives by hand, in the types given.

Nothing here knows the package under test. `forward` also runs on complex numbers, by
which `test_reference.py` tests the derivatives.
"""

from typing import NamedTuple

import numpy as np

from tests.recurrence.native import lstms, mutations
from tests.recurrence.native.lstms import LSTMS
from tests.recurrence.native.mutations import MUTS
from tests.recurrence.native.parts import drop, sigmoid

OTHERS = {"gru_reset_before": (3, 3), "gru_reset_after": (3, 4), "simple_rnn": (1, 0)}

_COLUMNS = {name: (len(columns),) * 2 for name, columns in LSTMS.items()}
_COLUMNS |= OTHERS | MUTS | {"lstm_full_gate_recurrence": (4, 1)}
UNITS = tuple(dict.fromkeys(("lstm", *OTHERS, *LSTMS, *MUTS)))
BLOCKS = {unit: _COLUMNS[unit][0] for unit in UNITS}
KEPT = {unit: _COLUMNS[unit][1] for unit in UNITS}

RECURRENT = BLOCKS | {"mut1": 2}
"""The blocks of the recurrent kernels, the last ones of the projected inputs."""

RECURRENT_BIASES = dict.fromkeys(UNITS, 0) | {"gru_reset_after": 3, "mut1": 1}


class Problem(NamedTuple):
    """What a loop reads; what is `None` is not there."""

    unit: str
    inputs: np.ndarray  # (batch, steps, features)
    kernel: np.ndarray  # (features, blocks * units)
    bias: np.ndarray | None
    first_output: np.ndarray  # (batch, units)
    first_carry: np.ndarray | None  # (batch, carries * units)
    recurrent_kernel: np.ndarray  # (units or carries * units, its blocks * units)
    recurrent_bias: np.ndarray | None
    peepholes: np.ndarray | None  # (gates, units)
    valid: np.ndarray | None  # (batch, steps)
    dropout_mask: np.ndarray | None  # (batch, units)

    @property
    def steps(self):
        return self.inputs.shape[1]


class Upstream(NamedTuple):
    """The gradients of what a loop gives."""

    outputs: np.ndarray
    last_output: np.ndarray | None
    last_carry: np.ndarray | None


class States(NamedTuple):
    """What a forward loop gives; of the carries, all or the last one."""

    outputs: np.ndarray  # (batch, steps, units)
    last_output: np.ndarray  # (batch, units)
    carries: np.ndarray | None  # (steps, batch, carries * units)
    last_carry: np.ndarray | None  # (batch, carries * units)
    kept: np.ndarray | None  # (steps, batch, kept * units)


def forward(problem):
    """All outputs, carries and activations."""
    output, carry = problem.first_output, problem.first_carry
    outputs, carries, kept = [], [], []
    for t in range(problem.steps):
        projected = _inputs(problem)[:, t] @ problem.kernel
        if problem.bias is not None:
            projected = projected + problem.bias
        new_output, new_carry, activations = _step(problem, projected, output, carry)
        valid = _valid(problem, t)
        output = np.where(valid, new_output, output)
        outputs.append(output)
        kept.append(np.where(valid, np.concatenate([*activations], -1), 0))
        if carry is not None:
            carry = np.where(valid, new_carry, carry)
            carries.append(carry)
    return States(
        np.stack(outputs, 1),
        output,
        np.stack(carries) if carries else None,
        carry,
        np.stack(kept),
    )


def backward(problem, states, upstream):
    """The gradients, by their names in the header."""
    units = problem.first_output.shape[-1]
    d_output, d_carry = np.zeros_like(problem.first_output), problem.first_carry
    if upstream.last_output is not None:
        d_output = d_output + upstream.last_output
    if d_carry is not None:
        d_carry = np.zeros_like(d_carry)
    if upstream.last_carry is not None:
        d_carry = d_carry + upstream.last_carry
    width = BLOCKS[problem.unit] * units
    d_projected = np.zeros((*problem.inputs.shape[:2], width), states.outputs.dtype)
    d_recurrent_kernel = np.zeros_like(problem.recurrent_kernel)
    biases = RECURRENT_BIASES[problem.unit] * units
    d_recurrent_bias = np.zeros(biases, states.outputs.dtype)
    gates = max(1, len(LSTMS.get(problem.unit, "")) - 1)
    d_peepholes = np.zeros((gates, units), states.outputs.dtype)
    for t in reversed(range(problem.steps)):
        d_output = d_output + upstream.outputs[:, t]
        before = states.outputs[:, t - 1] if t else problem.first_output
        carry = None
        if states.carries is not None:
            carry_before = states.carries[t - 1] if t else problem.first_carry
            carry = carry_before, states.carries[t]
        found = _step_back(
            problem, before, carry, states.outputs[:, t], states.kept[t], d_output,
            d_carry,
        )  # fmt: skip
        valid = _valid(problem, t)
        d_projected[:, t] = np.where(valid, found["projected"], 0)
        products = []
        for factors, columns, product in found["products"]:
            products.append(np.where(valid, product, 0))
            d_recurrent_kernel[:, columns] += factors.T @ products[-1]
        # The last columns have the biases.
        sums = np.concatenate(products, -1).sum(0)
        d_recurrent_bias += sums[len(sums) - biases :]
        d_output = np.where(valid, found["output"], d_output)
        if d_carry is not None:
            d_carry = np.where(valid, found["carry"], d_carry)
            d_peepholes += np.where(valid, found["peepholes"], 0).sum(1)
    return {
        "d_inputs": d_projected @ problem.kernel.T,
        "d_first_output": d_output,
        "d_first_carry": d_carry,
        "d_kernel": np.tensordot(_inputs(problem), d_projected, ((0, 1), (0, 1))),
        "d_bias": d_projected.sum((0, 1)),
        "d_recurrent_kernel": d_recurrent_kernel,
        "d_recurrent_bias": d_recurrent_bias,
        "d_peepholes": d_peepholes,
    }


def _inputs(problem):
    """The inputs, zero where a step is skipped."""
    if problem.valid is None:
        return problem.inputs
    return np.where(problem.valid[..., None].astype(bool), problem.inputs, 0)


def _valid(problem, t):
    return True if problem.valid is None else problem.valid[:, t, None].astype(bool)


def _step(problem, projected, output, carry):
    kernel, seen = problem.recurrent_kernel, drop(output, problem)
    if problem.unit == "simple_rnn":
        return np.tanh(projected + seen @ kernel), None, [output[:, :0]]
    if problem.unit in LSTMS:
        seen = np.concatenate([seen, carry[:, seen.shape[-1] :]], -1)
        return lstms.step(problem, projected + seen @ kernel, carry)
    x_z, x_r, x_h = np.split(projected, 3, -1)
    if problem.unit == "gru_reset_before":
        u_z, u_r, u_h = np.split(kernel, 3, -1)
        z, r = sigmoid(x_z + seen @ u_z), sigmoid(x_r + seen @ u_r)
        h = np.tanh(x_h + (r * seen) @ u_h)
        return z * output + (1 - z) * h, None, [z, r, h]
    if problem.unit in MUTS:
        return mutations.step(problem, (x_z, x_r, x_h), output, seen)
    product = seen @ kernel
    if problem.recurrent_bias is not None:
        product = product + problem.recurrent_bias
    p_z, p_r, p_h = np.split(product, 3, -1)
    z, r = sigmoid(x_z + p_z), sigmoid(x_r + p_r)
    h = np.tanh(x_h + r * p_h)
    return z * output + (1 - z) * h, None, [z, r, h, p_h]


def _step_back(problem, before, carry, output, kept, d_output, d_carry):
    kernel, seen = problem.recurrent_kernel.T, drop(before, problem)
    everything = slice(None)
    if problem.unit == "simple_rnn":
        d = d_output * (1 - output**2)
        return {
            "projected": d,
            "products": [(seen, everything, d)],
            "output": drop(d @ kernel, problem),
        }
    if problem.unit in LSTMS:
        units = seen.shape[-1]
        seen = np.concatenate([seen, carry[0][:, units:]], -1)
        d, d_old, d_peepholes = lstms.step_back(problem, kept, carry, d_output, d_carry)
        d_seen = d @ kernel
        return {
            "projected": d,
            "products": [(seen, everything, d)],
            "output": drop(d_seen[:, :units], problem),
            "carry": np.concatenate([d_old, d_seen[:, units:]], -1),
            "peepholes": d_peepholes,
        }
    if problem.unit in MUTS:
        return mutations.step_back(problem, before, seen, kept, d_output)
    z, r, h = np.split(kept, KEPT[problem.unit], -1)[:3]
    units = z.shape[-1]
    d_z = d_output * (before - h) * z * (1 - z)
    d_h = d_output * (1 - z) * (1 - h**2)
    if problem.unit == "gru_reset_after":
        d_r = d_h * kept[:, 3 * units :] * r * (1 - r)
        product = np.concatenate([d_z, d_r, d_h * r], -1)
        d_seen = product @ kernel
        products = [(seen, everything, product)]
    else:
        d_left = d_h @ kernel[2 * units :]
        d_r = d_left * seen * r * (1 - r)
        gates = np.concatenate([d_z, d_r], -1)
        d_seen = d_left * r + gates @ kernel[: 2 * units]
        products = [
            (seen, slice(None, 2 * units), gates),
            (r * seen, slice(2 * units, None), d_h),
        ]
    return {
        "projected": np.concatenate([d_z, d_r, d_h], -1),
        "products": products,
        "output": d_output * z + drop(d_seen, problem),
    }
