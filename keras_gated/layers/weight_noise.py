"""Gaussian noise on the weights of a layer."""

import inspect
import math
from typing import Any

import keras
from keras import ops

from keras_gated.types import Shape

NOISY_WEIGHTS = ("kernel", "recurrent_kernel")


@keras.saving.register_keras_serializable(package="keras_gated")
class WeightNoise(keras.layers.Wrapper):
    r"""Wraps a layer and adds Gaussian noise to its kernels while training.

    In every training step each `kernel` and `recurrent_kernel` of the wrapped layer,
    or of the layers inside it, is read as $W + \epsilon$ with
    $\epsilon \sim \mathcal{N}(0, \mathrm{stddev}^2)$. The noise is drawn once per
    call, so all sequences of the batch and all their time steps share it. Biases and
    peepholes stay as they are. The gradient is the one at the noisy weights; the
    optimizer applies it to the clean ones. At inference there is no noise.

    Graves (2013, section 4.2) found that fixed noise harms mixture density outputs:
    wrap the recurrent layer, not the head.

    To make a wrapped layer bidirectional, put the noise outside:
    `WeightNoise(keras.layers.Bidirectional(GRU(8)))`.

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
        (arXiv:1412.3555), section 4.3.
    """

    def __init__(
        self,
        layer: Any,
        stddev: float = 0.075,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        # Without autocasting the clean weights are read in full precision here; the
        # wrapped layer casts the noisy ones as it casts its own.
        super().__init__(layer, autocast=False, **kwargs)
        if not (math.isfinite(stddev) and stddev >= 0):
            raise ValueError(
                "WeightNoise needs a stddev that is zero or a positive finite number. "
                f"Received stddev={stddev}."
            )
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = layer.supports_masking
        self._layer_takes_mask = "mask" in inspect.signature(layer.call).parameters

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if not self._noisy_variables():
            raise ValueError(
                "WeightNoise puts noise on weights named "
                f"{' or '.join(NOISY_WEIGHTS)}. The layer {self.layer.name!r} of type "
                f"{type(self.layer).__name__} has none; its weights are "
                f"{[weight.path for weight in self.layer.weights]}."
            )

    def call(
        self,
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        **kwargs: Any,
    ) -> Any:
        if self._layer_takes_mask:
            kwargs["mask"] = mask
        if not training or self.stddev == 0:
            return self.layer(inputs, **kwargs)

        values = {id(v): ops.convert_to_tensor(v) for v in self.layer.variables}
        for variable in self._noisy_variables():
            noise = keras.random.normal(
                variable.shape,
                stddev=self.stddev,
                dtype=variable.dtype,
                seed=self.seed_generator,
            )
            values[id(variable)] = values[id(variable)] + noise
        scope = keras.StatelessScope(
            [(v, values[id(v)]) for v in self.layer.variables], collect_losses=True
        )
        with scope:
            outputs = self.layer(inputs, **kwargs)
        # A frozen kernel is not trainable either, and stays clean.
        noisy = {id(variable) for variable in self._noisy_variables()}
        for variable in self.layer.non_trainable_variables:
            if id(variable) not in noisy:
                variable.assign(scope.get_current_value(variable))
        # The wrapped layer is the owner of its losses where a scope collects them.
        outer = scope.original_scope
        for loss in scope.losses:
            (self if outer is None else outer).add_loss(loss)
        return outputs

    def _noisy_variables(self) -> list[Any]:
        return [v for v in self.layer.variables if v.name in NOISY_WEIGHTS]

    def compute_output_shape(self, input_shape: Shape) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(
        self, inputs: Any, training: bool = False, mask: Any = None, **kwargs: Any
    ) -> Any:
        return self.layer.compute_output_spec(inputs, **kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return self.layer.compute_mask(inputs, previous_mask)

    def save_own_variables(self, store: Any) -> None:
        # Keras leaves random states out of its files. With it, training goes on from
        # a file with the draws it would have had.
        store["seed_state"] = self.seed_generator.state

    def load_own_variables(self, store: Any) -> None:
        self.seed_generator.state.assign(store["seed_state"])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


def without_noise(layer: Any) -> Any:
    """The layer that `WeightNoise` wraps, which is the same without training."""
    return layer.layer if isinstance(layer, WeightNoise) else layer
