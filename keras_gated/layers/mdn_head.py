"""An output layer for the density of a real-valued vector."""

from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops

from keras_gated import mixture
from keras_gated._integers import is_integer
from keras_gated._precision import DTypeLike
from keras_gated._types import (
    ConstraintLike,
    InitializerLike,
    RegularizerLike,
    Tensor,
)
from keras_gated.layers._dense_head import DenseHead

Seed: TypeAlias = int | keras.random.SeedGenerator | None


@keras.saving.register_keras_serializable(package="keras_gated")
class MDNHead(DenseHead):
    r"""Parameters of a mixture of diagonal Gaussians over an event vector.

    $$p(x \mid h) = \sum_k w_k \prod_e \mathcal{N}(x_e; \mu_{ke}, \sigma_{ke})$$

    One mixture over the whole vector: a component fixes all its entries together.
    The layer returns the parameters packed in the last axis, mixture logits first,
    then means, then raw scales. Train it with `keras_gated.losses.MixtureNLL`, and
    read the packed numbers with `unpack`, `mean`, `mode` and `sample`.

    Under a half-precision policy (float16, bfloat16 and the mixed ones) the layer
    computes and returns float32.

    Args:
        components: Number of Gaussians, $K$.
        event_size: Length of the event vector, $E$.
        kernel_initializer: Initializer of `kernel`,
            `(input_size, components * (1 + 2 * event_size))`.
        bias_initializer: Initializer of `bias`.
        kernel_regularizer: Regularizer of `kernel`.
        bias_regularizer: Regularizer of `bias`.
        kernel_constraint: Constraint on `kernel`.
        bias_constraint: Constraint on `bias`.
        dtype: Dtype or policy; `None` for the global policy.
        **kwargs: Other arguments of `keras.layers.Dense`, such as `use_bias` and
            `name`; not `units` and `activation`.

    Call arguments:
        - `inputs`: `(batch, ..., input_size)`.

    Call returns:
        `(batch, ..., components * (1 + 2 * event_size))` in float32 or float64.

    Raises:
        ValueError: If `components` or `event_size` is not a positive integer.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.layers import MDNHead
        >>> head = MDNHead(components=20, event_size=10)
        >>> packed = head(np.zeros((2, 5, 195), "float32"))
        >>> tuple(packed.shape), tuple(head.sample(packed, seed=0).shape)
        ((2, 5, 420), (2, 5, 10))

    Reference:
        Bishop, Mixture density networks, 1994; Graves, Generating sequences with
        recurrent neural networks, 2013, section 4.1; Chung et al., Empirical
        evaluation of gated recurrent neural networks on sequence modeling, 2014,
        section 4.
    """

    def __init__(
        self,
        components: int,
        event_size: int,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dtype: DTypeLike = None,
        **kwargs: Any,
    ) -> None:
        for name, value in (("components", components), ("event_size", event_size)):
            if not is_integer(value, at_least=1):
                raise ValueError(
                    f"MDNHead needs a positive integer {name}; received "
                    f"{name}={value!r}."
                )
        super().__init__(
            units=mixture.packed_size(components, event_size),
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            dtype=dtype,
            **kwargs,
        )
        self.components = int(components)
        self.event_size = int(event_size)

    def unpack(self, packed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the parameters of the mixture.

        Args:
            packed: `(..., components * (1 + 2 * event_size))`.

        Returns:
            Log-weights `(..., components)`, means and standard deviations
            `(..., components, event_size)`. See `keras_gated.mixture.unpack`.

        Raises:
            ValueError: If the last dimension of `packed` is another.
        """
        packed = ops.cast(packed, self.compute_dtype)
        return mixture.unpack(packed, self.components, self.event_size)

    def mean(self, packed: Tensor) -> Tensor:
        """Returns the expected event, the weighted mean of the components' means.

        Between two components it can lie where the density is low.

        Args:
            packed: `(..., components * (1 + 2 * event_size))`.

        Returns:
            `(..., event_size)`.
        """
        log_weights, means, _ = self.unpack(packed)
        return ops.sum(ops.expand_dims(ops.exp(log_weights), -1) * means, axis=-2)

    def mode(self, packed: Tensor) -> Tensor:
        r"""Returns the mean of the component with the highest peak.

        The peak of a component is its weighted density at its own mean,
        $w_k / \prod_e \sigma_{ke}$ but for a constant. Where components overlap, the
        highest point of their sum lies elsewhere and has no closed form.

        Args:
            packed: `(..., components * (1 + 2 * event_size))`.

        Returns:
            `(..., event_size)`.
        """
        log_weights, means, scales = self.unpack(packed)
        log_peaks = log_weights - ops.sum(ops.log(scales), axis=-1)
        return self._pick(means, ops.argmax(log_peaks, axis=-1))

    def sample(self, packed: Tensor, seed: Seed = None) -> Tensor:
        """Draws one event from each mixture.

        Args:
            packed: `(..., components * (1 + 2 * event_size))`.
            seed: An integer gives the same draw each time, a
                `keras.random.SeedGenerator` a new one each time. `None` draws from
                Keras' global generator.

        Returns:
            `(..., event_size)`.
        """
        log_weights, means, scales = self.unpack(packed)
        component_seed, noise_seed = _split(seed)
        component = keras.random.categorical(
            ops.reshape(log_weights, (-1, self.components)), 1, seed=component_seed
        )
        component = ops.reshape(component, ops.shape(log_weights)[:-1])
        center = self._pick(means, component)
        noise = keras.random.normal(
            ops.shape(center), dtype=self.compute_dtype, seed=noise_seed
        )
        return center + self._pick(scales, component) * noise

    def _pick(self, values: Tensor, component: Tensor) -> Tensor:
        chosen = ops.one_hot(component, self.components, dtype=values.dtype)
        return ops.sum(ops.expand_dims(chosen, -1) * values, axis=-2)

    def get_config(self) -> dict[str, Any]:
        sizes = {"components": self.components, "event_size": self.event_size}
        return {**super().get_config(), **sizes}


def _split(seed: Seed) -> tuple[Seed, Seed]:
    """Two seeds, so that an integer does not tie the noise to the component."""
    if not isinstance(seed, int):
        return seed, seed
    first, second = np.random.SeedSequence(seed).generate_state(2)
    return int(first), int(second)
