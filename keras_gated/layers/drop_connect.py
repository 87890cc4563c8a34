"""Dropout of single weights of a layer."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_gated._types import Tensor
from keras_gated.layers._random_kernel_wrapper import RandomKernelWrapper
from keras_gated.layers._replaced_weight import ReplacedWeight


@keras.saving.register_keras_serializable(package="keras_gated")
class DropConnect(RandomKernelWrapper):
    r"""Wraps a layer and drops single entries of its recurrent kernels in training.

    In every training step each chosen weight $W$ of the wrapped layer, or of the layers
    inside it, is read as

    $$
    \frac{M \odot W}{1 - \mathrm{rate}}, \qquad
    M_{ij} \sim \mathrm{Bernoulli}(1 - \mathrm{rate}).
    $$

    The mask is drawn once per call, so all sequences of the batch and all their time
    steps share it, and a recurrent layer keeps its fast loop. With the default, the
    recurrent kernels alone, this is the weight-dropped LSTM of Merity et al. At
    inference nothing is dropped. Wan et al., who drop the weights of dense layers, draw
    a mask for each example and approximate the outputs at inference by sampling.

    A low-rank update of the layer (`enable_lora`) is part of $W$. Nothing is dropped
    from a weight that Keras quantizes; a warning says so where no other is left.

    Args:
        layer: Any Keras layer that has a weight to drop from.
        rate: Share of the entries to drop, at least 0 and less than 1.
        weight_names: The names of the weights to drop from. For the matrices of all
            products of a recurrent layer `["kernel", "recurrent_kernel"]`, for a
            `Dense` layer `["kernel"]`.
        seed: Seed of the masks.
        **kwargs: `name`, `dtype` and `trainable`, as in every Keras layer.

    Call arguments:
        - `inputs`: What the wrapped layer takes.
        - `training`: Whether entries are dropped.
        - `mask`: Handed to the wrapped layer if it takes a mask.
        - `**kwargs`: Handed to the wrapped layer, such as `initial_state`.

    Call returns:
        What the wrapped layer returns.

    Raises:
        ValueError: If `rate` is out of range, the layer has no weight of the given
            names, or it contains a `WeightNormalization`, which goes outside.

    Examples:
        >>> import keras
        >>> from keras_gated.layers import DropConnect, PeepholeLSTM
        >>> layer = DropConnect(PeepholeLSTM(4), rate=0.5, seed=1)
        >>> x = keras.ops.ones((2, 5, 3))
        >>> full = layer(x)
        >>> dropped = layer(x, training=True)
        >>> bool(keras.ops.all(full == layer(x))), bool(keras.ops.all(full == dropped))
        (True, False)

    Reference:
        Wan et al. 2013, "Regularization of neural networks using DropConnect"; Merity
        et al. 2018 (arXiv:1708.02182), for the weight-dropped LSTM.
    """

    def __init__(
        self,
        layer: Any,
        rate: float,
        weight_names: Sequence[str] = ("recurrent_kernel",),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, seed, **kwargs)
        if not 0 <= rate < 1:
            raise ValueError(
                "DropConnect needs a rate of at least 0 and less than 1. Received "
                f"rate={rate}."
            )
        self.rate = rate

    @property
    def draws(self) -> bool:
        return self.rate > 0

    def drawn(self, weights: Sequence[ReplacedWeight]) -> list[Tensor]:
        return [self._dropped(weight.value) for weight in weights]

    def _dropped(self, value: Tensor) -> Tensor:
        draws = keras.random.uniform(
            value.shape, dtype="float32", seed=self.seed_generator
        )
        return ops.where(
            draws < self.rate, ops.zeros_like(value), value / (1 - self.rate)
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rate": self.rate,
            "weight_names": list(self.weight_names),
        }
