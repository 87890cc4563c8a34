"""The likelihood of mixtures of Gaussians."""

from typing import Any

import keras

from keras_gated import mixture
from keras_gated._precision import DTypeLike
from keras_gated._types import Tensor
from keras_gated.losses.negative_log_likelihood import NegativeLogLikelihood


@keras.saving.register_keras_serializable(package="keras_gated")
class MixtureNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of a mixture of diagonal Gaussians.

    $$-\log \sum_k w_k \prod_e \mathcal{N}(x_e; \mu_{ke}, \sigma_{ke})$$

    is the joint density of the whole event vector. A density can exceed 1, so a
    negative loss is nothing to worry about. Its zero depends on the unit of the
    data: 10 values of variance 1, drawn independently from a Gaussian, cost 14.19
    nats under their own density.

    Args:
        components: Number of Gaussians. `None` takes it from the last dimensions,
            which fix it: `y_pred` has `components * (1 + 2 * event_size)` numbers.
        reduction: How steps are reduced; the default divides by the sum of the
            weights. See `NegativeLogLikelihood`, also for what `sample_weight`
            does.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.

    Raises:
        ValueError: If `components` is not positive. When called, if the last
            dimensions of `y_true` and `y_pred` do not fit each other, or
            `sample_weight` does not fit them.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import MixtureNLL
        >>> frames = np.zeros((2, 5, 10))
        >>> packed = np.zeros((2, 5, 420))
        >>> round(float(MixtureNLL()(frames, packed)), 3)
        5.529

    Reference:
        Bishop, Mixture density networks, 1994; Graves, Generating sequences with
        recurrent neural networks, 2013, section 4.1.
    """

    def __init__(
        self,
        components: int | None = None,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = "mixture_nll",
        dtype: DTypeLike = None,
    ) -> None:
        if components is not None and components < 1:
            raise ValueError(
                "MixtureNLL needs a positive number of components, or None to infer "
                f"it; received components={components}."
            )
        super().__init__(reduction=reduction, name=name, dtype=dtype)
        self.components = components

    def fits(self, event_size: int | None, size: int | None) -> bool:
        if not event_size or not size:
            return False
        components = self._components(event_size, size)
        return size == mixture.packed_size(components, event_size)

    def expected_shapes(self) -> str:
        components = "components" if self.components is None else self.components
        return (
            "y_true (batch, time, event_size) and y_pred (batch, time, "
            f"{components} * (1 + 2 * event_size))"
        )

    def _components(self, event_size: int, size: int) -> int:
        return self.components or size // mixture.packed_size(1, event_size)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per step, `(batch, time)`."""
        components = self._components(y_true.shape[-1], y_pred.shape[-1])
        return -mixture.log_prob(y_pred, y_true, components)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "components": self.components}
