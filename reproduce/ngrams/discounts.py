"""How much modified Kneser-Ney takes from each count."""

import numpy as np

from reproduce.ngrams.streams import Array

FALLBACK = (0.0, 0.5, 1.0, 1.5)
"""For counts by which nothing can be estimated: those of KenLM."""


def discounts(counts: Array) -> Array:
    r"""What is taken from a count of 0, 1, 2, and 3 or more.

    $$D_k = k - (k + 1) \frac{t_1}{t_1 + 2 t_2} \frac{t_{k + 1}}{t_k}$$

    where $t_k$ n-grams have the count $k$. Where that cannot be computed, or does not
    lie between 0 and $k$, all three are 0.5, 1 and 1.5: few symbols leave no n-gram
    of one symbol that is rare.

    Args:
        counts: The counts, or the continuations, of all n-grams of one length.

    Reference:
        Chen and Goodman 1998, "An empirical study of smoothing techniques for language
        modeling", equation 17; Heafield et al. 2013, "Scalable modified Kneser-Ney
        language model estimation", for the continuations.
    """
    seen = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(float)
    if not seen[:3].all():
        return np.array(FALLBACK)
    k = np.arange(1, 4)
    share = seen[0] / (seen[0] + 2 * seen[1])
    found = k - (k + 1) * share * seen[1:] / seen[:3]
    if (found < 0).any() or (found > k).any():
        return np.array(FALLBACK)
    return np.append(0.0, found)
