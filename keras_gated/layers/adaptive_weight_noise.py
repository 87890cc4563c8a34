"""Weight noise whose variance is learned, and the description length it gives."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_gated._types import Tensor
from keras_gated.layers._learning_kernel_wrapper import LearningKernelWrapper
from keras_gated.layers._normal import normals
from keras_gated.layers._random_kernel_wrapper import RandomKernelWrapper
from keras_gated.layers._replaced_weight import ReplacedWeight
from keras_gated.layers.weight_compression import WeightCompression
from keras_gated.layers.weight_noise import NOISY_WEIGHTS


@keras.saving.register_keras_serializable(package="keras_gated")
class AdaptiveWeightNoise(RandomKernelWrapper, LearningKernelWrapper):
    r"""Wraps a layer and learns how precisely each of its weights must be known.

    Each entry $i$ of the chosen weights of the wrapped layer, or of the layers inside
    it, is a Gaussian $\mathcal{N}(\mu_i, \sigma_i^2)$. The mean $\mu_i$ is the weight
    of the layer, $\ln \sigma_i^2$ a trainable weight of the wrapper. In every training
    step the weights are drawn once, for all sequences of the batch and all their time
    steps. At inference they are the means.

    Under a prior $\mathcal{N}(\mu, s^2)$, one for all the chosen weights, it takes

    $$
    L = \sum_i \left( \ln \frac{s}{\sigma_i}
        + \frac{(\mu_i - \mu)^2 + \sigma_i^2 - s^2}{2 s^2} \right)
    \quad \text{nats}
    $$

    to describe them, the Kullback-Leibler divergence. It is least for

    $$
    \mu = \frac1n \sum_i \mu_i, \qquad
    s^2 = \frac1n \sum_i \left( \sigma_i^2 + (\mu_i - \mu)^2 \right),
    $$

    which this layer uses. With `add_loss` it adds $L / \mathrm{examples}$ to the loss
    in training; losses of validation are without it. `examples` is the number of terms
    in the whole training set that the loss of the model is the mean of. If it is the
    mean of the negative log-likelihood over time steps, as with the losses of this
    package, `examples` is the number of valid time steps; if each sequence counts once
    with the sum over its steps, the number of sequences. Then the loss times
    `examples` is the description length of the targets and the weights together, in
    nats, to which the biases add nothing, as they stay as they are.

    The draw is $\mu_i + \sigma_i \epsilon_i$, through which the backend
    differentiates. With $g_i$ the derivative of the loss at the drawn weights, the one
    with respect to $\ln \sigma_i^2$ is $\frac12 \sigma_i \epsilon_i g_i$. Graves
    (2011) has $\frac12 \sigma_i^2 g_i^2$ there, with the squared derivative of a single
    example in place of the curvature. The mean of ours is that with the true curvature,
    for every batch size, but it scatters more, and can be negative.

    A low-rank update of the layer (`enable_lora`) is part of $\mu$. A weight that Keras
    quantizes is neither drawn nor described any more. However often a model calls the
    layer, its loss has $L$ once.

    The prior is shared by the weights of this wrapper. To share it between layers, wrap
    a `keras.Sequential` of them.

    Args:
        layer: Any Keras layer that has a weight to put noise on.
        examples: How many terms of the loss the training set has, see above.
        stddev: Initial $\sigma_i$, in units of the weights.
        weight_names: The names of the weights to put noise on.
        seed: Seed of the noise.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Call arguments:
        - `inputs`: What the wrapped layer takes.
        - `training`: Whether the weights are drawn and the loss is added.
        - `mask`: Handed to the wrapped layer if it takes a mask.
        - `**kwargs`: Handed to the wrapped layer, such as `initial_state`.

    Call returns:
        What the wrapped layer returns.

    Raises:
        ValueError: If `examples` or `stddev` is not positive and finite, the layer has
            no weight of the given names, or it contains a `WeightNormalization`.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import GRU, AdaptiveWeightNoise
        >>> layer = AdaptiveWeightNoise(GRU(4), examples=1000)
        >>> drawn = layer(keras.ops.ones((2, 5, 3)), training=True)
        >>> (loss,) = layer.losses
        >>> added = float(keras.ops.convert_to_numpy(loss))
        >>> report = layer.compression()
        >>> report.weights, abs(added - report.nats / 1000) < 1e-6
        (84, True)

    Reference:
        Graves 2011, "Practical variational inference for neural networks"; Graves 2013
        (arXiv:1308.0850), section 4.2.
    """

    def __init__(
        self,
        layer: Any,
        examples: float,
        stddev: float = 0.075,
        weight_names: Sequence[str] = NOISY_WEIGHTS,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, seed, **kwargs)
        for name, value in (("examples", examples), ("stddev", stddev)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(
                    f"AdaptiveWeightNoise needs a positive finite number for {name}. "
                    f"Received {name}={value}."
                )
        self.examples = examples
        self.stddev = stddev

    def shape_and_initializer(self, weight: ReplacedWeight) -> dict[str, Any]:
        return {
            "shape": weight.variable.shape,
            "initializer": keras.initializers.Constant(2 * math.log(self.stddev)),
        }

    @property
    def log_variances(self) -> list[Any]:
        r"""The variables $\ln \sigma^2$, in the order of the weights of the layer."""
        return [log_variance for _, log_variance in self.pairs()]

    def call(
        self,
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        **kwargs: Any,
    ) -> Any:
        # The weights are described once, however often a model calls this layer.
        if training and self.replaced_weights() and not self._get_own_losses():
            self.add_loss(self.complexity() / self.examples)
        return super().call(inputs, training, mask, **kwargs)

    def drawn(self, weights: Sequence[ReplacedWeight]) -> list[Tensor]:
        means = [weight.value for weight in weights]
        noise = normals(means, self.seed_generator)
        log_variances = [
            ops.convert_to_tensor(getattr(self, self._beside[id(weight.variable)]))
            for weight in weights
        ]
        return [
            mean + ops.exp(log_variance / 2) * numbers
            for mean, log_variance, numbers in zip(
                means, log_variances, noise, strict=True
            )
        ]

    def complexity(self) -> Tensor:
        """The description length $L$ of the chosen weights in nats, a scalar.

        The layer must be built. Divide by ln 2 for bits. Weights that the layer has
        quantized don't count.

        Raises:
            ValueError: If all of them are quantized.
        """
        means, log_variances = self._posterior()
        _, variance = _prior(means, log_variances)
        # At its best the prior makes the other term of the sum zero.
        return ops.sum(ops.log(variance) - log_variances) / 2

    def signal_to_noise(self) -> dict[str, np.ndarray]:
        r"""By the path of each chosen weight the ratios $\lvert\mu_i\rvert/\sigma_i$.

        The layer must be built.
        """
        return {
            mean.variable.path: np.abs(ops.convert_to_numpy(mean.value))
            / np.exp(ops.convert_to_numpy(log_variance) / 2)
            for mean, log_variance in self.pairs()
        }

    def compression(self, threshold: float = 1.0) -> WeightCompression:
        r"""Reports how far the weights are compressed.

        Args:
            threshold: Weights with $\lvert\mu_i\rvert / \sigma_i$ below it count as
                prunable: for a small ratio zero is nearly as likely as the mean.

        Raises:
            ValueError: If the layer is not built, all weights are quantized, or
                `threshold` is negative or not a number.
        """
        if not self.built:
            raise ValueError(
                f"The layer {self.name!r} has no weights yet. Call it on data, or "
                "build it."
            )
        if not threshold >= 0:
            raise ValueError(
                "compression needs a threshold of zero or more. Received "
                f"threshold={threshold}."
            )
        mean, variance = _prior(*self._posterior())
        ratios = [ratio.ravel() for ratio in self.signal_to_noise().values()]
        return WeightCompression(
            weights=sum(map(len, ratios)),
            nats=float(ops.convert_to_numpy(self.complexity())),
            prunable=int(np.sum(np.concatenate(ratios) < threshold)),
            prior_mean=float(ops.convert_to_numpy(mean)),
            prior_stddev=math.sqrt(float(ops.convert_to_numpy(variance))),
        )

    def _posterior(self) -> tuple[Tensor, Tensor]:
        """All means and all log variances, each in a vector."""
        means = [weight.value for weight in self.replaced_weights()]
        if not means:
            raise ValueError(
                f"{self.layer.name!r} has quantized all weights that the "
                f"AdaptiveWeightNoise {self.name!r} acts on: there is nothing left to "
                "describe. Ask before quantizing."
            )
        return _flat(means), _flat(self.log_variances)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "examples": self.examples,
            "stddev": self.stddev,
            "weight_names": list(self.weight_names),
        }


def _prior(means: Tensor, log_variances: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of the prior that makes the description shortest."""
    # `ops.mean` of doubles is in single precision on JAX and PyTorch.
    count = means.shape[0]
    mean = ops.sum(means) / count
    return mean, ops.sum(ops.exp(log_variances) + ops.square(means - mean)) / count


def _flat(weights: Sequence[Any]) -> Tensor:
    """Single precision at least: a sum over all weights overflows half precision."""
    dtypes = {keras.backend.standardize_dtype(weight.dtype) for weight in weights}
    dtype = "float64" if "float64" in dtypes else "float32"
    return ops.concatenate(
        [ops.cast(ops.reshape(weight, (-1,)), dtype) for weight in weights], axis=0
    )
