"""The LSTM and its variants in NumPy, for the loops of `reference.py`: a step and its
derivative."""

import numpy as np

from tests.recurrence.native.parts import sigmoid

LSTMS = {
    "lstm": "ifco",
    "lstm_no_input_gate": "fco",
    "lstm_no_forget_gate": "ico",
    "lstm_no_output_gate": "ifc",
    "lstm_linear_candidate": "ifco",
    "lstm_linear_output": "ifco",
    "lstm_coupled_gates": "ico",
    "lstm_full_gate_recurrence": "ifco",
}
"""The units with a carry, and the columns of each: gates i, f, o and candidate c."""

CARRIES = dict.fromkeys(LSTMS, 1) | {"lstm_full_gate_recurrence": 4}
"""The blocks of the carry: the cell state, and the gates if the next step sees them."""


def step(problem, total, carry):
    """The output, the carry, and the activations, from the sums in them."""
    columns, activations = LSTMS[problem.unit], {}
    sums = dict(zip(columns, np.split(total, len(columns), -1), strict=True))
    weights, carry = _peepholes(problem), carry[:, : problem.first_output.shape[-1]]
    squash = _linear if problem.unit == "lstm_linear_candidate" else np.tanh
    for name in columns:
        if name in "if":
            activations[name] = sigmoid(sums[name] + weights[name] * carry)
    activations["c"] = squash(sums["c"])
    i, f, _ = _gates(problem, activations)
    carry = f * carry + i * activations["c"]
    if "o" in columns:
        activations["o"] = sigmoid(sums["o"] + weights["o"] * carry)
    o = activations.get("o", 1)
    squash = _linear if problem.unit == "lstm_linear_output" else np.tanh
    output = o * squash(carry)
    if CARRIES[problem.unit] > 1:
        carry = np.concatenate([carry, *(activations[name] for name in "ifo")], -1)
        return output, carry, [activations["c"]]
    return output, carry, [activations[name] for name in columns]


def step_back(problem, kept, carry, d_output, d_carry):
    """The gradients of the sums, of the cell state before and of the peepholes."""
    columns, later = LSTMS[problem.unit], dict.fromkeys("ifo", 0)
    units = d_output.shape[-1]
    (old, _), (new, gates) = (np.split(one, [units], -1) for one in carry)
    d_carry, d_gates = np.split(d_carry, [units], -1)
    if CARRIES[problem.unit] > 1:
        kept = np.concatenate([gates[:, : 2 * units], kept, gates[:, 2 * units :]], -1)
        later = dict(zip("ifo", np.split(d_gates, 3, -1), strict=True))
    kept = dict(zip(columns, np.split(kept, len(columns), -1), strict=True))
    (i, f, o), g, weights, d = _gates(problem, kept), kept["c"], _peepholes(problem), {}
    linear = problem.unit == "lstm_linear_output"
    squashed = new if linear else np.tanh(new)
    slope = 1 if linear else 1 / np.cosh(np.clip(new, -300, 300)) ** 2
    d_new = d_carry + d_output * o * slope
    if "o" in columns:
        d["o"] = (d_output * squashed + later["o"]) * o * (1 - o)
        d_new = d_new + d["o"] * weights["o"]
    d_old = d_new * f
    if "i" in columns:
        seen = g - old if problem.unit == "lstm_coupled_gates" else g
        d["i"] = (d_new * seen + later["i"]) * i * (1 - i)
        d_old = d_old + d["i"] * weights["i"]
    if "f" in columns:
        d["f"] = (d_new * old + later["f"]) * f * (1 - f)
        d_old = d_old + d["f"] * weights["f"]
    d["c"] = d_new * i * (1 if problem.unit == "lstm_linear_candidate" else 1 - g**2)
    to = {"i": old, "f": old, "o": new}
    d_peepholes = np.stack([d[name] * to[name] for name in columns if name != "c"])
    return np.concatenate([d[name] for name in columns], -1), d_old, d_peepholes


def _gates(problem, activations):
    """The gates i, f and o, those that are missing too."""
    i, f, o = (activations.get(name, 1) for name in "ifo")
    return i, 1 - i if problem.unit == "lstm_coupled_gates" else f, o


def _peepholes(problem):
    """The rows of the peepholes by their gates, zeros if there are none."""
    gates = LSTMS[problem.unit].replace("c", "")
    if problem.peepholes is None:
        return dict.fromkeys(gates, 0)
    return dict(zip(gates, problem.peepholes, strict=True))


def _linear(x):
    return x
