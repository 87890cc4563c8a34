"""The cells of the family that `tests.reference` does not have, written out in NumPy.

As there: nothing here knows the package under test, all of it is analytic, and every
function takes the weights in the order of the layer and names all that a step gives.
"""

import numpy as np

from tests.reference import sigmoid

EPSILON = 1e-5


def mut1_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    units = h.shape[-1]
    u_r, u_h = np.split(recurrent_kernel, 2, axis=-1)
    b_z, b_r, b_h = np.split(bias, 3)
    z = sigmoid(x @ kernel[:, :units] + b_z)
    r = sigmoid(x @ kernel[:, units : 2 * units] + h @ u_r + b_r)
    as_units = x if kernel.shape[1] == 2 * units else x @ kernel[:, 2 * units :]
    candidate = np.tanh((r * h) @ u_h + np.tanh(as_units) + b_h)
    return _mut(z, r, candidate, h)


def mut2_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    units = h.shape[-1]
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    b_z, b_r, b_h = np.split(bias, 3)
    bare = kernel.shape[1] == 2 * units
    as_units = x if bare else x @ kernel[:, units : 2 * units]
    z = sigmoid(x @ kernel[:, :units] + h @ u_z + b_z)
    r = sigmoid(as_units + h @ u_r + b_r)
    candidate = np.tanh((r * h) @ u_h + x @ kernel[:, -units:] + b_h)
    return _mut(z, r, candidate, h)


def mut3_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    w_z, w_r, w_h = np.split(kernel, 3, axis=-1)
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)
    b_z, b_r, b_h = np.split(bias, 3)
    z = sigmoid(x @ w_z + np.tanh(h) @ u_z + b_z)
    r = sigmoid(x @ w_r + h @ u_r + b_r)
    candidate = np.tanh((r * h) @ u_h + x @ w_h + b_h)
    return _mut(z, r, candidate, h)


def _mut(z, r, candidate, h):
    return {
        "update_gate": z,
        "reset_gate": r,
        "candidate": candidate,
        "output": candidate * z + h * (1 - z),
    }


def mgu_gates(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    (w_f, w_h), (u_f, u_h) = (
        np.split(k, 2, axis=-1) for k in (kernel, recurrent_kernel)
    )
    b_f, b_h = np.split(bias, 2)
    f = sigmoid(x @ w_f + h @ u_f + b_f)
    candidate = np.tanh(x @ w_h + (f * h) @ u_h + b_h)
    return {
        "forget_gate": f,
        "candidate": candidate,
        "output": (1 - f) * h + f * candidate,
    }


def janet_gates(x, states, kernel, recurrent_kernel, bias, beta=1.0):
    (c,) = states
    s, a = np.split(x @ kernel + c @ recurrent_kernel + bias, 2, axis=-1)
    f, i, candidate = sigmoid(s), 1 - sigmoid(s - beta), np.tanh(a)
    return {
        "forget_gate": f,
        "input_gate": i,
        "candidate": candidate,
        "output": f * c + i * candidate,
    }


def layer_norm_lstm_gates(
    x,
    states,
    kernel,
    recurrent_kernel,
    bias,
    input_gain,
    recurrent_gain,
    carry_gain,
    carry_offset,
):
    h, c = states
    a = input_gain * standardised(x @ kernel)
    a = a + recurrent_gain * standardised(h @ recurrent_kernel) + bias
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=-1)
    i, f, candidate, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_c), sigmoid(a_o)
    c = f * c + i * candidate
    return {
        "input_gate": i,
        "forget_gate": f,
        "candidate": candidate,
        "output_gate": o,
        "output": o * np.tanh(carry_gain * standardised(c) + carry_offset),
        "carry": c,
    }


def layer_norm_gru_gates(
    x,
    states,
    kernel,
    recurrent_kernel,
    bias,
    input_gain,
    recurrent_gain,
    recurrent_offset,
):
    (h,) = states
    n = 2 * h.shape[-1]
    a = (
        input_gain[:n] * standardised(x @ kernel[:, :n])
        + recurrent_gain[:n] * standardised(h @ recurrent_kernel[:, :n])
        + bias[:n]
    )
    z, r = np.split(sigmoid(a), 2, axis=-1)
    recurrent = recurrent_gain[n:] * standardised(h @ recurrent_kernel[:, n:])
    candidate = np.tanh(
        input_gain[n:] * standardised(x @ kernel[:, n:])
        + bias[n:]
        + r * (recurrent + recurrent_offset)
    )
    return {
        "update_gate": z,
        "reset_gate": r,
        "candidate": candidate,
        "output": z * h + (1 - z) * candidate,
    }


def standardised(a):
    centred = a - a.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
