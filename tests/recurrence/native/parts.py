"""What steps in NumPy have in common."""

import numpy as np


def sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def drop(x, problem):
    """`x` under the dropout mask, if there is one."""
    return x if problem.dropout_mask is None else x * problem.dropout_mask
