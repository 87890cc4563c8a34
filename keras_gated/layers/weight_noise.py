"""Gaussian noise on the weights of a layer."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from keras_gated._types import Tensor
from keras_gated.layers._normal import normals
from keras_gated.layers._random_kernel_wrapper import RandomKernelWrapper
from keras_gated.layers._replaced_weight import ReplacedWeight

NOISY_WEIGHTS = ("kernel", "recurrent_kernel")


@keras.saving.register_keras_serializable(package="keras_gated")
class WeightNoise(RandomKernelWrapper):
    r"""Wraps a layer and adds Gaussian noise to its kernels while training.

    In every training step each `kernel` and `recurrent_kernel` of the wrapped layer,
    or of the layers inside it, is read as $W + \epsilon$ with
    $\epsilon \sim \mathcal{N}(0, \mathrm{stddev}^2)$. The noise is drawn once per
    call, so all sequences of the batch and all their time steps share it. Biases and
    peepholes stay as they are. The gradient is the one at the noisy weights; the
    optimizer applies it to the clean ones. At inference there is no noise.

    Graves (2013, section 4.2) found fixed noise of no use for mixture density outputs,
    which need precise weights: wrap the recurrent layer, not the head.

    Inside of `keras.layers.Bidirectional` the two directions draw different noise. A
    layer that Keras quantizes has no kernel left to put noise on, and computes in
    training what it does at inference; a warning says so.

    Args:
        layer: Any Keras layer that has a `kernel` or a `recurrent_kernel`.
        stddev: Standard deviation of the noise, in units of the weights.
        seed: Seed of the noise.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Call arguments:
        - `inputs`: What the wrapped layer takes.
        - `training`: Whether there is noise.
        - `mask`: Handed to the wrapped layer if it takes a mask.
        - `**kwargs`: Handed to the wrapped layer, such as `initial_state`.

    Call returns:
        What the wrapped layer returns.

    Raises:
        ValueError: If `stddev` is negative or not finite, or if the layer has no
            kernel to put noise on.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import GRU, WeightNoise
        >>> layer = WeightNoise(GRU(4), stddev=0.075, seed=1)
        >>> x = keras.ops.ones((2, 5, 3))
        >>> clean = layer(x)
        >>> noisy = layer(x, training=True)
        >>> bool(keras.ops.all(clean == layer(x))), bool(keras.ops.all(clean == noisy))
        (True, False)

    Reference:
        Graves 2013 (arXiv:1308.0850), sections 3.1 and 4.2; Graves 2011, "Practical
        variational inference for neural networks"; Chung et al. 2014
        (arXiv:1412.3555), section 4.
    """

    def __init__(
        self,
        layer: Any,
        stddev: float = 0.075,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, NOISY_WEIGHTS, seed, **kwargs)
        if not (math.isfinite(stddev) and stddev >= 0):
            raise ValueError(
                "WeightNoise needs a stddev that is zero or a positive finite number. "
                f"Received stddev={stddev}."
            )
        self.stddev = stddev

    @property
    def draws(self) -> bool:
        return self.stddev > 0

    def drawn(self, weights: Sequence[ReplacedWeight]) -> list[Tensor]:
        values = [weight.value for weight in weights]
        noise = normals(values, self.seed_generator)
        return [v + self.stddev * n for v, n in zip(values, noise, strict=True)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev}


def without_noise(layer: Any) -> Any:
    """The layer inside wrappers that do nothing without training."""
    while isinstance(layer, RandomKernelWrapper):
        layer = layer.layer
    return layer
