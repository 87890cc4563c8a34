"""The recurrent units written out in NumPy, and exact derivatives of them.

Nothing here knows the package under test. Everything is analytic, so the same code
runs on complex numbers, which gives derivatives to machine precision (complex step).
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(x, states, kernel, recurrent_kernel, bias, peephole_kernel):
    h, c = states
    a = x @ kernel + h @ recurrent_kernel + bias
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=-1)
    p_i, p_f, p_o = peephole_kernel
    i = sigmoid(a_i + p_i * c)
    f = sigmoid(a_f + p_f * c)
    c = f * c + i * np.tanh(a_c)
    o = sigmoid(a_o + p_o * c)
    return o * np.tanh(c), c


def gru_step(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    w_z, w_r, w_h = np.split(kernel, 3, axis=-1)
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    b_z, b_r, b_h = np.split(bias, 3)
    z = sigmoid(x @ w_z + h @ u_z + b_z)
    r = sigmoid(x @ w_r + h @ u_r + b_r)
    candidate = np.tanh(x @ w_h + (r * h) @ u_h + b_h)
    return (z * h + (1 - z) * candidate,)


def gru_reset_after_step(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    w_z, w_r, w_h = np.split(kernel, 3, axis=-1)
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    (b_z, b_r, b_h), (d_z, d_r, d_h) = (np.split(row, 3) for row in bias)
    z = sigmoid(x @ w_z + b_z + h @ u_z + d_z)
    r = sigmoid(x @ w_r + b_r + h @ u_r + d_r)
    candidate = np.tanh(x @ w_h + b_h + r * (h @ u_h + d_h))
    return (z * h + (1 - z) * candidate,)


def tanh_step(x, states, kernel, recurrent_kernel, bias):
    return (np.tanh(x @ kernel + states[0] @ recurrent_kernel + bias),)


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
