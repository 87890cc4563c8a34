"""The trials of Greff et al. 2015."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from reproduce import trial


@dataclass(frozen=True, kw_only=True)
class Trial(trial.Trial):
    """A variant with settings that were drawn.

    Args:
        variant: One of `keras_gated.layers.LSTM_VARIANTS`.
        units: Number of units.
        learning_rate: The learning rate, which is multiplied by `one_minus_momentum`.
        one_minus_momentum: What the momentum lacks to 1.
        input_noise: Standard deviation of the noise on the inputs.
    """

    variant: str
    units: int
    learning_rate: float
    one_minus_momentum: float
    input_noise: float

    study: ClassVar[str] = "odyssey2015"
    cell: ClassVar[tuple[str, ...]] = ("dataset", "variant")
    space: ClassVar[Mapping[str, BaseDistribution]] = {
        "units": IntDistribution(20, 200, log=True),
        "learning_rate": FloatDistribution(1e-6, 1e-2, log=True),
        "one_minus_momentum": FloatDistribution(0.01, 1.0, log=True),
        "input_noise": FloatDistribution(0.0, 1.0),
    }

    @property
    def draw_seed(self) -> int:
        """The seed of weights, noise and order: all variants share that of a draw."""
        sequence = np.random.SeedSequence([self.seed, self.candidate])
        # On PyTorch Keras keeps seeds as int32.
        return int(sequence.generate_state(1)[0]) & 0x7FFFFFFF
