"""The hyper-parameters on the scale on which they were searched."""

from dataclasses import dataclass

import numpy as np
from optuna.distributions import FloatDistribution, IntDistribution

from reproduce.studies.odyssey2015.trial import Trial


@dataclass(frozen=True)
class Factor:
    """One searched hyper-parameter.

    Args:
        name: Its column in a table of trials.
        title: Its name for readers.
        low: Least value of the search.
        high: Greatest value of the search.
        log: Whether its logarithm was drawn uniformly, not the value.
    """

    name: str
    title: str
    low: float
    high: float
    log: bool = True

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the search."""
        return self.low, self.high

    def to_unit(self, values: np.ndarray) -> np.ndarray:
        """Places values between 0 and 1, uniformly as they were drawn.

        Args:
            values: Values in the range of the search. Rounding may have put them
                beyond it by a thousandth of it.

        Raises:
            ValueError: If one lies further out, or is no number.
        """
        values = np.asarray(values, dtype=float)
        ends = np.array([self.low, self.high])
        if self.log:
            if not (values > 0).all():
                raise ValueError(f"{self._outside(values[~(values > 0)])}")
            values, ends = np.log10(values), np.log10(ends)
        places = (values - ends[0]) / (ends[1] - ends[0])
        outside = ~((places >= -1e-3) & (places <= 1 + 1e-3))
        if outside.any():
            given = 10 ** values[outside] if self.log else values[outside]
            raise ValueError(self._outside(given))
        return places.clip(0.0, 1.0)

    def from_unit(self, places: np.ndarray) -> np.ndarray:
        """The values at places between 0 and 1, the inverse of `to_unit`."""
        if self.log:
            return self.low * (self.high / self.low) ** np.asarray(places)
        return self.low + (self.high - self.low) * np.asarray(places)

    def _outside(self, values: np.ndarray) -> str:
        return (
            f"{self.name} was searched from {self.low:g} to {self.high:g}, but a trial "
            f"has {values[0]:g}. Shares of variance hold for one range only."
        )


TITLES = {
    "learning_rate": "learning rate",
    "units": "units",
    "one_minus_momentum": "1 - momentum",
    "input_noise": "input noise",
}

FACTORS = tuple(
    Factor(name, title, space.low, space.high, space.log)
    for name, title in TITLES.items()
    if isinstance(space := Trial.space[name], FloatDistribution | IntDistribution)
)
"""The settings that were searched, in the paper's order."""

VARIANT = "variant"
"""The name of the factor that says which of the variants a trial had."""

FACTOR_TITLES = {**{f.name: f.title for f in FACTORS}, VARIANT: "variant"}
