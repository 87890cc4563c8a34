"""Negative log-likelihoods of the heads, in nats per step."""

from typing import Any

import keras
from keras import ops

from keras_gated import mixture
from keras_gated._precision import DTypeLike, float32_or_wider
from keras_gated._types import Shape, Tensor


class NegativeLogLikelihood(keras.losses.Loss):
    """Base of losses that score each step of a sequence and average over steps.

    `call` gives one number per step, in nats. Calling the loss reduces them, by
    default to the mean over all steps of all sequences, weighted by
    `sample_weight`:

    - Without `sample_weight` every step counts. A Keras mask that reaches the
      predictions is ignored: which layers hand it on differs between versions of
      Keras, and a likelihood should not.
    - A weight of 0 removes its step exactly, whatever `y_true` and `y_pred` hold
      there, NaN and infinity included: neither the loss nor the gradient moves.
    - If all weights are 0, so is the loss.
    - Half-precision predictions are computed in float32.

    Subclasses implement `call`, `fits` and `expected_shapes`.

    Args:
        reduction: `"mean_with_sample_weight"` divides by the sum of the weights.
            `"sum"`, `"sum_over_batch_size"`, `"mean"` and `"none"` are those of
            `keras.losses.Loss`.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.
            float16 and bfloat16 become float32.
    """

    def __init__(
        self,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = None,
        dtype: DTypeLike = None,
    ) -> None:
        policy = float32_or_wider(dtype or keras.config.floatx())
        super().__init__(name=name, reduction=reduction, dtype=policy)

    def __call__(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return super().__call__(*self.select_steps(y_true, y_pred, sample_weight))

    def fits(self, event_size: int | None, size: int | None) -> bool:
        """Tells whether `size` predictions can score `event_size` targets.

        Args:
            event_size: Last dimension of `y_true`, `None` if unknown.
            size: Last dimension of `y_pred`, `None` if unknown.

        Returns:
            Whether the two dimensions belong together.
        """
        raise NotImplementedError

    def expected_shapes(self) -> str:
        """Says which shapes `y_true` and `y_pred` must have, for error messages."""
        raise NotImplementedError

    def select_steps(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Replaces the steps of weight 0 by harmless ones.

        Args:
            y_true: `(..., event_size)`.
            y_pred: `(..., size)`, as the head returns it.
            sample_weight: `None`, or weights whose axes are the leading ones of a
                step: `(batch,)`, `(batch, 1)` or `(batch, time)`.

        Returns:
            `y_true` and `y_pred` with zeros at the steps of weight 0, and one weight
            for each step.

        Raises:
            ValueError: If the shapes do not fit each other.
        """
        y_true = ops.convert_to_tensor(y_true, dtype=self.dtype)
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        self._check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
        weight = self._step_weights(sample_weight, y_pred)
        counted = ops.expand_dims(ops.not_equal(weight, 0), -1)
        # Replaced before anything is computed: multiplying a NaN by 0 afterwards
        # would leave NaN in the loss, and in the gradient even behind a `where`.
        # The new tensors also carry no Keras mask.
        return ops.where(counted, y_true, 0), ops.where(counted, y_pred, 0), weight

    def _check_shapes(self, y_true_shape: Shape, y_pred_shape: Shape) -> None:
        same_steps = len(y_true_shape) == len(y_pred_shape) >= 2 and all(
            map(_equal, y_true_shape[:-1], y_pred_shape[:-1])
        )
        if not same_steps or not self.fits(y_true_shape[-1], y_pred_shape[-1]):
            raise ValueError(
                f"{type(self).__name__} needs {self.expected_shapes()}, or both "
                f"without time; received y_true.shape={y_true_shape} and "
                f"y_pred.shape={y_pred_shape}."
            )

    def _step_weights(self, sample_weight: Tensor | None, y_pred: Tensor) -> Tensor:
        steps = ops.shape(y_pred)[:-1]
        if sample_weight is None:
            return ops.ones(steps, dtype=self.dtype)
        weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        if len(weight.shape) == len(steps) + 1 and weight.shape[-1] == 1:
            weight = ops.squeeze(weight, -1)
        while len(weight.shape) < len(steps):
            weight = ops.expand_dims(weight, -1)
        if not _broadcasts(weight.shape, y_pred.shape[:-1]):
            raise ValueError(
                f"{type(self).__name__} needs a sample_weight of shape (batch,), "
                "(batch, 1) or (batch, time); received sample_weight.shape="
                f"{tuple(ops.shape(sample_weight))} for "
                f"y_pred.shape={tuple(y_pred.shape)}."
            )
        return ops.broadcast_to(weight, steps)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dtype": self.dtype}


@keras.saving.register_keras_serializable(package="keras_gated")
class BernoulliNLL(NegativeLogLikelihood):
    r"""Negative log-likelihood of independent binary outputs, given their logits.

    For targets $y_e$ and logits $a_e$, summed over the event and not averaged as
    `keras.losses.BinaryCrossentropy` does:

    $$-\sum_e \big(y_e \log \sigma(a_e) + (1 - y_e) \log \sigma(-a_e)\big)$$

    Args:
        reduction: How steps are reduced; the default divides by the sum of the
            weights. See `NegativeLogLikelihood`, also for what `sample_weight`
            does.
        name: Name of the loss.
        dtype: Dtype or policy to compute in; `None` for `keras.config.floatx()`.

    Raises:
        ValueError: When called, if `y_true` and `y_pred` are not of one shape
            `(..., event_size)`, or `sample_weight` does not fit them.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.losses import BernoulliNLL
        >>> notes = np.zeros((2, 5, 88))
        >>> logits = np.zeros((2, 5, 88))
        >>> round(float(BernoulliNLL()(notes, logits)), 2)
        61.0

    Reference:
        Boulanger-Lewandowski et al., Modeling temporal dependencies in
        high-dimensional sequences, 2012, for the sum over notes.
    """

    def __init__(
        self,
        reduction: str | None = "mean_with_sample_weight",
        name: str | None = "bernoulli_nll",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(reduction=reduction, name=name, dtype=dtype)

    def fits(self, event_size: int | None, size: int | None) -> bool:
        return _equal(event_size, size)

    def expected_shapes(self) -> str:
        return "y_true and y_pred of one shape (batch, time, event_size)"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Returns nats per step, `(batch, time)`."""
        # One exponential and one logarithm, where Keras takes two of each on JAX. The
        # first two terms cancel exactly where a large logit is right.
        size = ops.absolute(y_pred)
        linear = size / 2 + y_pred * (0.5 - y_true)
        return ops.sum(linear + ops.log1p(ops.exp(-size)), axis=-1)


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


def _equal(size: int | None, other: int | None) -> bool:
    return size is None or other is None or size == other


def _broadcasts(weight_shape: Shape, steps: Shape) -> bool:
    return len(weight_shape) == len(steps) and all(
        size == 1 or _equal(size, step)
        for size, step in zip(weight_shape, steps, strict=True)
    )
