"""How far learned weight noise compresses the weights of a layer."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class WeightCompression:
    """What it takes to describe the weights of an `AdaptiveWeightNoise`.

    Attributes:
        weights: Number of weights with noise.
        nats: Description length of all of them, the complexity of the loss.
        prunable: How many have a mean that is small beside their noise.
        prior_mean: Mean of the prior.
        prior_stddev: Standard deviation of the prior.

    Examples:
        >>> from keras_gated.layers import WeightCompression
        >>> report = WeightCompression(1000, 2079.44, 250, 0.0, 0.5)
        >>> round(report.bits), round(report.bits_per_weight, 2)
        (3000, 3.0)
    """

    weights: int
    nats: float
    prunable: int
    prior_mean: float
    prior_stddev: float

    @property
    def bits(self) -> float:
        """Description length of all weights in bits."""
        return self.nats / math.log(2)

    @property
    def bits_per_weight(self) -> float:
        """Mean description length of a weight; a float32 takes 32."""
        return self.bits / self.weights
