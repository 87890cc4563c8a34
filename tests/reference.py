"""The recurrent units written out in NumPy, and exact derivatives of them.

Nothing here knows the package under test. Everything is analytic, so the same code
runs on complex numbers, which gives derivatives to machine precision (complex step).
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_gates(x, states, kernel, recurrent_kernel, bias, peephole_kernel):
    """Everything by the names that the layers have for it."""
    h, c = states
    a = x @ kernel + h @ recurrent_kernel + bias
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=-1)
    p_i, p_f, p_o = peephole_kernel
    i = sigmoid(a_i + p_i * c)
    f = sigmoid(a_f + p_f * c)
    candidate = np.tanh(a_c)
    c = f * c + i * candidate
    o = sigmoid(a_o + p_o * c)
    return {
        "input_gate": i,
        "forget_gate": f,
        "candidate": candidate,
        "output_gate": o,
        "output": o * np.tanh(c),
        "carry": c,
    }


def gru_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    w_z, w_r, w_h = np.split(kernel, 3, axis=-1)
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    b_z, b_r, b_h = np.split(bias, 3)
    z = sigmoid(x @ w_z + h @ u_z + b_z)
    r = sigmoid(x @ w_r + h @ u_r + b_r)
    candidate = np.tanh(x @ w_h + (r * h) @ u_h + b_h)
    return _gru(z, r, candidate, h)


def gru_reset_after_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    w_z, w_r, w_h = np.split(kernel, 3, axis=-1)
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    (b_z, b_r, b_h), (d_z, d_r, d_h) = (np.split(row, 3) for row in bias)
    z = sigmoid(x @ w_z + b_z + h @ u_z + d_z)
    r = sigmoid(x @ w_r + b_r + h @ u_r + d_r)
    candidate = np.tanh(x @ w_h + b_h + r * (h @ u_h + d_h))
    return _gru(z, r, candidate, h)


def _gru(z, r, candidate, h):
    return {
        "update_gate": z,
        "reset_gate": r,
        "candidate": candidate,
        "output": z * h + (1 - z) * candidate,
    }


def tanh_gates(x, states, kernel, recurrent_kernel, bias):
    return {"output": np.tanh(x @ kernel + states[0] @ recurrent_kernel + bias)}


STATES = ("output", "carry")


def step_of(gates):
    """The states after a step, from all that the function `gates` gives."""

    def step(x, states, *weights):
        found = gates(x, states, *weights)
        return tuple(found[name] for name in STATES if name in found)

    return step


def run(
    step, x, states, weights, mask=None, go_backwards=False, zero_output_for_mask=False
):
    """All outputs `(batch, time, units)` in processing order, and the final states."""
    times = range(x.shape[1])
    outputs = []
    for t in reversed(times) if go_backwards else times:
        following = step(x[:, t], states, *weights)
        valid = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        states = tuple(
            np.where(valid, new, old)
            for new, old in zip(following, states, strict=True)
        )
        zero = zero_output_for_mask & ~valid
        outputs.append(np.where(zero, 0, states[0]))
    return np.stack(outputs, axis=1), states


def observe(gates, x, states, weights, mask=None, go_backwards=False, moves=None):
    """What `gates` gives for every step, `(batch, time, units)`, in the inputs' order.

    A masked step holds the states and has gates of zero. `moves` are added to the
    states of their names, `(batch, time, units)`.
    """
    times = range(x.shape[1])
    seen = {}
    for t in reversed(times) if go_backwards else times:
        found = gates(x[:, t], states, *weights)
        before = dict(zip(STATES, states, strict=False))
        valid = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        found = {
            name: np.where(valid, value, before.get(name, 0))
            for name, value in found.items()
        }
        for name, move in (moves or {}).items():
            found[name] = found[name] + move[:, t]
        states = tuple(found[name] for name in before)
        for name, value in found.items():
            seen.setdefault(name, {})[t] = value
    return {
        name: np.stack([steps[t] for t in times], axis=1)
        for name, steps in seen.items()
    }


def complex_step_gradient(function, arguments):
    """The derivatives of the real scalar `function(*arguments)` to every entry."""
    gradients = []
    for position, argument in enumerate(arguments):
        gradient = np.empty(argument.shape)
        for index in np.ndindex(argument.shape):
            moved = argument.astype(complex)
            moved[index] += 1e-30j
            changed = [*arguments[:position], moved, *arguments[position + 1 :]]
            gradient[index] = function(*changed).imag / 1e-30
        gradients.append(gradient)
    return gradients
