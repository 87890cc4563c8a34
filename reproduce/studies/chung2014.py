"""Chung, Gulcehre, Cho and Bengio 2014 (arXiv:1412.3555): polyphonic music.

What the paper says is followed: RMSProp, weight noise of standard deviation 0.075,
the norm of the gradient rescaled to 1, ten learning rates exp(U(-12, -6)) of which
validation chooses one, early stopping on validation, equal parameters by 36 LSTM, 46
GRU or 100 tanh units. Where it is silent, `Budget` and `Trial` choose; the reasons
are in docs/reproducing.md.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

DATASETS = ("jsb_chorales", "nottingham", "musedata", "piano_midi_de")

TITLES = {
    "jsb_chorales": "JSB Chorales",
    "nottingham": "Nottingham",
    "musedata": "MuseData",
    "piano_midi_de": "Piano-midi.de",
}

STAND_IN = "Bach chorales of music21"
"""What is trained on where JSB Chorales is not to be had."""

MUSIC_UNITS = {"lstm": 36, "gru": 46, "tanh": 100}
"""Number of units in the models for music (table 1)."""

LAYER_ARGUMENTS = {"lstm": {"unit_forget_bias": False}, "gru": {}, "tanh": {}}
"""What differs from the defaults of our layers: all biases start at zero, as in the
authors' released code."""

SPEECH_UNITS = {"lstm": 195, "gru": 227, "tanh": 400}
"""Number of units in the models for speech (table 1)."""

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
}
"""Table 2: train and test negative log-likelihood in nats per step."""

LOG_RATE_RANGE = (-12.0, -6.0)
CANDIDATES = 10
PAPER_EPOCHS = 500
"""The length of the curves in figure 2."""


@dataclass(frozen=True)
class Budget:
    """How much is spent on one unit of one data set.

    Args:
        trials: Number of learning rates to try.
        max_epochs: Epochs after which a trial ends.
        patience: Epochs without a better validation score after which it ends.
    """

    trials: int
    max_epochs: int
    patience: int


BUDGETS = {
    "quick": Budget(trials=3, max_epochs=300, patience=30),
    "full": Budget(trials=CANDIDATES, max_epochs=350, patience=40),
    "paper": Budget(trials=CANDIDATES, max_epochs=PAPER_EPOCHS, patience=PAPER_EPOCHS),
}


@dataclass(frozen=True)
class Trial:
    """All that decides the outcome of training one model.

    Args:
        dataset: Name of the data set.
        data: `"canonical"`, or `STAND_IN`.
        encoding: How pitches become entries of the input vector.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        units: Number of units.
        candidate: Number of the learning rate among those drawn.
        learning_rate: The learning rate.
        seed: Seed of weights, noise and order.
        backend: The Keras backend.
        max_epochs: See `Budget`.
        patience: See `Budget`.
        batch_size: Sequences in an update.
        weight_noise: Standard deviation of the noise on the recurrent kernels.
        max_norm: Norm to which longer gradients are rescaled.
        rho: Decay of RMSProp's average of squared gradients.
        layer_arguments: Arguments of the recurrent layer other than the defaults.
    """

    dataset: str
    data: str
    encoding: str
    unit: str
    units: int
    candidate: int
    learning_rate: float
    seed: int
    backend: str
    max_epochs: int
    patience: int
    batch_size: int = 4
    weight_noise: float = 0.075
    max_norm: float = 1.0
    rho: float = 0.95
    layer_arguments: Mapping[str, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name for files, unique within a sweep."""
        return f"{self.dataset}-{self.unit}-seed{self.seed}-rate{self.candidate:02d}"

    @property
    def config(self) -> dict[str, Any]:
        """The fields as a dictionary of plain values."""
        return asdict(self)


def draw_learning_rates(trials: int, seed: int) -> dict[int, float]:
    """Draws exp(U(-12, -6)) at least ten times and keeps the `trials` largest rates.

    A run with fewer trials than ten leaves out the smallest rates, which need the most
    epochs to get anywhere.

    Args:
        trials: How many rates are wanted.
        seed: Seed of the draw.

    Returns:
        The rates by the number of their draw, the largest first.
    """
    rng = np.random.default_rng(seed)
    exponents = rng.uniform(*LOG_RATE_RANGE, size=max(trials, CANDIDATES))
    largest_first = np.argsort(-exponents)[:trials]
    return {int(i): math.exp(exponents[i]) for i in largest_first}
