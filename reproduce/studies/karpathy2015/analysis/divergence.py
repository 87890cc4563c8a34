"""How much two models differ in what they expect."""

import numpy as np

from reproduce.studies.karpathy2015.analysis.streams import Array


def symmetric_kl(one: Array, other: Array) -> Array:
    r"""The symmetric Kullback-Leibler divergence of distributions.

    $$\sum_s (p_s - q_s) (\log p_s - \log q_s)$$

    Args:
        one: Logarithms of probabilities, `(..., symbols)`.
        other: Logarithms of probabilities, `(..., symbols)`.

    Returns:
        Nats, `(...)`.

    Raises:
        ValueError: If the shapes differ, or a row is no distribution.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), section 4.2, figure 5.
    """
    one, other = (np.asarray(values, float) for values in (one, other))
    if one.shape != other.shape:
        raise ValueError(
            "Two models are compared at the same places. Received the shapes "
            f"{one.shape} and {other.shape}."
        )
    p, q = np.exp(one), np.exp(other)
    for values in (p, q):
        sums = values.sum(axis=-1)
        if not np.allclose(sums, 1, atol=1e-3):
            worst = sums.flat[np.argmax(np.abs(sums - 1))]
            raise ValueError(
                "The probabilities of a distribution add up to 1. Received a row with "
                f"the sum {worst:.6g}."
            )
    return ((p - q) * (one - other)).sum(axis=-1)
