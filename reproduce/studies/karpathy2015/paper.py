"""The numbers of Karpathy et al. 2015 (arXiv:1506.02078, version 2)."""

import math

_WAR_AND_PEACE = {
    ("lstm", 64): (1.449, 1.442, 1.540),
    ("tanh", 64): (1.446, 1.401, 1.396),
    ("gru", 64): (1.398, 1.373, 1.472),
    ("lstm", 128): (1.277, 1.227, 1.279),
    ("tanh", 128): (1.417, 1.286, 1.277),
    ("gru", 128): (1.230, 1.226, 1.253),
    ("lstm", 256): (1.189, 1.137, 1.141),
    ("tanh", 256): (1.342, 1.256, 1.239),
    ("gru", 256): (1.198, 1.164, 1.138),
    ("lstm", 512): (1.161, 1.092, 1.082),
    ("gru", 512): (1.170, 1.201, 1.077),
}
_LINUX = {
    ("lstm", 64): (1.355, 1.331, 1.366),
    ("tanh", 64): (1.407, 1.371, 1.383),
    ("gru", 64): (1.335, 1.298, 1.357),
    ("lstm", 128): (1.149, 1.128, 1.177),
    ("tanh", 128): (1.241, 1.120, 1.220),
    ("gru", 128): (1.154, 1.125, 1.150),
    ("lstm", 256): (1.026, 0.972, 0.998),
    ("tanh", 256): (1.171, 1.116, 1.116),
    ("gru", 256): (1.039, 0.991, 1.026),
    ("lstm", 512): (0.952, 0.840, 0.846),
    ("gru", 512): (0.943, 0.861, 0.829),
}
NETWORKS = {"war_and_peace": _WAR_AND_PEACE, "linux_kernel": _LINUX}
"""Test NLL in nats per character by unit and row, for 1, 2 and 3 layers."""

CONTEXTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 20)
"""Characters that the n-grams of its table see."""

NGRAMS = {
    "war_and_peace": (
        *(2.399, 1.928, 1.521, 1.314, 1.232, 1.203, 1.194, 1.194, 1.194, 1.195),
    ),
    "linux_kernel": (
        *(2.702, 1.954, 1.440, 1.213, 1.097, 1.027, 0.982, 0.953, 0.933, 0.889),
    ),
}
"""Test NLL of modified Kneser-Ney by KenLM, for each of `CONTEXTS`."""

ERRORS = {"n-gram": 0.18, "memory": 0.06, "rare word": 0.09, "new word": 0.37}
"""Shares of the errors of its LSTM of 3 layers, row 512, by the oracle that removes
them."""

ERROR_RATES: dict[object, float] = {"large": 0.42, ("lstm", 2, 64): 0.56}
"""Shares of the characters that are errors: of that model, and of a smaller one."""

SCALING = 36 / 44
"""Of the errors that the larger of these two does not make, what n-grams know."""


def errors(model: tuple[str, int, int], oracle: str) -> float:
    """The paper's share of errors by the oracle, or of characters for `"all"`.

    Its large model stands beside all of ours that are not its small one.
    """
    if oracle == "all":
        return ERROR_RATES.get(model, ERROR_RATES["large"])
    return math.nan if model in ERROR_RATES else ERRORS.get(oracle, math.nan)


def network(dataset: str, unit: str, layers: int, row: int) -> float:
    """The paper's test NLL; NaN if it gives none."""
    found = NETWORKS.get(dataset, {}).get((unit, row))
    return found[layers - 1] if found else math.nan


def ngram(dataset: str, context: int) -> float:
    """The paper's test NLL of the n-gram that sees `context` characters, or NaN."""
    found = NGRAMS.get(dataset)
    return found[CONTEXTS.index(context)] if found and context in CONTEXTS else math.nan
