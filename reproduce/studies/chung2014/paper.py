"""Chung, Gulcehre, Cho and Bengio 2014 (arXiv:1412.3555): what the paper fixes."""

import math

import numpy as np

MUSIC = ("jsb_chorales", "nottingham", "musedata", "piano_midi_de")
SPEECH = ("speech_a", "speech_b")
DATASETS = (*MUSIC, *SPEECH)

TITLES = {
    "jsb_chorales": "JSB Chorales",
    "nottingham": "Nottingham",
    "musedata": "MuseData",
    "piano_midi_de": "Piano-midi.de",
    "speech_a": "Speech A",
    "speech_b": "Speech B",
}

MUSIC_UNITS = {"lstm": 36, "gru": 46, "tanh": 100}
"""Number of units in the models for music (table 1)."""

SPEECH_UNITS = {"lstm": 195, "gru": 227, "tanh": 400}
"""Number of units in the models for speech (table 1)."""

UNIT_NAMES = tuple(MUSIC_UNITS)

SPEECH_COMPONENTS = 20
SAMPLES_IN, SAMPLES_OUT = 20, 10
"""A step on speech: samples given, and samples to predict (section 4)."""

PAPER_PARAMETERS = {
    "music": {"lstm": 19_800, "gru": 20_200, "tanh": 20_100},
    "speech": {"lstm": 169_100, "gru": 168_900, "tanh": 168_400},
}
"""Table 1 as printed, where the numbers are rounded to hundreds."""

PAPER_NLL = {
    "nottingham": {"tanh": (3.22, 3.13), "gru": (2.79, 3.23), "lstm": (3.08, 3.20)},
    "jsb_chorales": {"tanh": (8.82, 9.10), "gru": (6.94, 8.54), "lstm": (8.15, 8.67)},
    "musedata": {"tanh": (5.64, 6.23), "gru": (5.06, 5.99), "lstm": (5.18, 6.23)},
    "piano_midi_de": {"tanh": (5.64, 9.03), "gru": (4.93, 8.82), "lstm": (6.49, 9.03)},
    "speech_a": {"tanh": (6.29, 6.44), "gru": (2.31, 3.59), "lstm": (1.44, 2.70)},
    "speech_b": {"tanh": (7.61, 7.62), "gru": (0.38, 0.88), "lstm": (0.80, 1.26)},
}
"""Table 2: train and test negative log-likelihood in nats per step. The paper's speech
is Ubisoft's, ours a stand-in."""

LOG_RATE_RANGE = (-12.0, -6.0)
CANDIDATES = 10


def units_of(dataset: str) -> dict[str, int]:
    """The numbers of units of table 1 for a data set."""
    return SPEECH_UNITS if dataset in SPEECH else MUSIC_UNITS


def draw_learning_rates(
    trials: int,
    seed: int,
    log_range: tuple[float, float] = LOG_RATE_RANGE,
    candidates: int = CANDIDATES,
) -> dict[int, float]:
    """Draws `candidates` rates exp(U(low, high)) and keeps the `trials` largest.

    A run with fewer trials leaves out the smallest rates, which need the most epochs
    to get anywhere. A run with more draws as many as it tries.

    Args:
        trials: How many rates are wanted.
        seed: Seed of the draw.
        log_range: Natural logarithms of the lowest and the highest rate.
        candidates: How many rates the protocol draws.

    Returns:
        The rates by the number of their draw, the largest first.
    """
    rng = np.random.default_rng(seed)
    exponents = rng.uniform(*log_range, size=max(trials, candidates))
    largest_first = np.argsort(-exponents)[:trials]
    return {int(i): math.exp(exponents[i]) for i in largest_first}
