"""MUT1 to MUT3 in NumPy, for the loops of `reference.py`: a step and its derivative."""

import numpy as np

from tests.recurrence.native.parts import drop, sigmoid

MUTS = {"mut1": (3, 4), "mut2": (3, 3), "mut3": (3, 4)}
"""The blocks of the projected inputs, and of what is kept of a step."""


def step(problem, projected, output, seen):
    """The output, no carry, and the activations; `seen` is what weights see of it."""
    (x_z, x_r, x_h), squashed = projected, []
    *u_z, u_r, u_h = _kernels(problem)
    if problem.unit == "mut1":
        squashed = [np.tanh(x_h)]
        bias = problem.recurrent_bias
        x_h = squashed[0] if bias is None else squashed[0] + bias
    elif problem.unit == "mut2":
        x_z = x_z + seen @ u_z[0]
    else:
        squashed = [np.tanh(output)]
        x_z = x_z + drop(squashed[0], problem) @ u_z[0]
    z, r = sigmoid(x_z), sigmoid(x_r + seen @ u_r)
    h = np.tanh(x_h + (r * seen) @ u_h)
    return z * h + (1 - z) * output, None, [z, r, h, *squashed]


def step_back(problem, output, seen, kept, d_output):
    """What the loop back wants of a step, from the output before it."""
    *u_z, u_r, u_h = _kernels(problem)
    z, r, h, *squashed = np.split(kept, MUTS[problem.unit][1], -1)
    d_z = d_output * (h - output) * z * (1 - z)
    d_h = d_output * z * (1 - h**2)
    d_left = d_h @ u_h.T
    d_r = d_left * seen * r * (1 - r)
    d_seen, d_x = d_left * r + d_r @ u_r.T, d_h
    products = [(seen, d_r), (r * seen, d_h)]
    if problem.unit == "mut1":
        d_x = d_h * (1 - squashed[0] ** 2)
    elif problem.unit == "mut2":
        d_seen = d_seen + d_z @ u_z[0].T
        products.insert(0, (seen, d_z))
    else:
        d_seen = d_seen + d_z @ u_z[0].T * (1 - squashed[0] ** 2)
        products.insert(0, (drop(squashed[0], problem), d_z))
    units = z.shape[-1]
    return {
        "projected": np.concatenate([d_z, d_r, d_x], -1),
        "products": [
            (factors, slice(n * units, (n + 1) * units), product)
            for n, (factors, product) in enumerate(products)
        ],
        "output": d_output * (1 - z) + drop(d_seen, problem),
    }


def _kernels(problem):
    kernel = problem.recurrent_kernel
    return np.split(kernel, kernel.shape[1] // kernel.shape[0], -1)
