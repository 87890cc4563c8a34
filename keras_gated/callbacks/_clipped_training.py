"""The train function of a Keras model with its gradients clipped."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
from keras import ops

from keras_gated import _keras_trainer
from keras_gated._keras_trainer import replaced
from keras_gated._types import Tensor


def clipped_train_function(
    model: keras.Model, max_norm: float, totals: keras.Variable
) -> "ClippedTrainFunction":
    """The train function of `model`, compiled anew, with clipped gradients.

    Args:
        model: A compiled model whose `train_function` has been made.
        max_norm: Largest global L2 norm of the gradients.
        totals: Variable of shape `(3,)`; each update adds its norm before
            clipping, 1 if it was clipped, and 1.
    """
    stateless = keras.backend.backend() == "jax"
    kind = _StatelessTrainFunction if stateless else _StatefulTrainFunction
    return kind(model, max_norm, totals)


class ClippedTrainFunction(ABC):
    """Stands in for `model.train_function` during one call.

    When the call ends, however it ends, the model has its plain function back; a
    `fit` that is interrupted thus leaves nothing behind.
    """

    def __init__(
        self, model: keras.Model, max_norm: float, totals: keras.Variable
    ) -> None:
        self.plain = model.train_function
        self.max_norm = max_norm
        self._model = model
        self._optimizer = model.optimizer
        self._totals = totals
        self._clipped_once = False
        self._compiled = self._compile()
        update = getattr(self._optimizer, self._update_name)
        # One object for good: torch.compile compiles again for another one.
        self._update = functools.partial(self._clipped_update, update)

    def stands_in_for(self, model: keras.Model) -> bool:
        """Whether it was made for what the model trains with now."""
        return self.plain is model.train_function and self._optimizer is model.optimizer

    def __call__(self, *args: Any) -> Any:
        try:
            with replaced(self._optimizer, self._update_name, self._update):
                result = self._run(*args)
        finally:
            self._model.train_function = self.plain
        # Without a trainable weight Keras warns, or says nothing, and updates nothing.
        if not self._clipped_once and self._model.trainable_variables:
            raise ValueError(
                "GradientClipping acts where train_step hands the gradients to the "
                f"optimizer of the model, but {type(self._model).__name__}.train_step "
                f"never called {self._update_name}() of {self._optimizer}"
            )
        return result

    def _compile(self) -> Callable[..., Any]:
        return _keras_trainer.function_made_anew(self._model, "train")

    def _clip(
        self, grads: Sequence[Tensor | None]
    ) -> tuple[list[Tensor | None], Tensor]:
        """Clipped gradients, and what this update adds to the totals."""
        self._clipped_once = True
        if all(grad is None for grad in grads):
            return list(grads), ops.zeros((3,), self._totals.dtype)
        norm = global_norm(grads, _loss_scale(self._optimizer))
        factor = self.max_norm / ops.maximum(norm, self.max_norm)
        is_clipped = ops.cast(norm > self.max_norm, norm.dtype)
        counts = ops.stack([norm, is_clipped, ops.ones_like(norm)])
        if isinstance(self._optimizer, keras.optimizers.LossScaleOptimizer):
            # It skips this step if a gradient is not finite.
            counts = ops.where(ops.isfinite(norm), counts, ops.zeros_like(counts))
        clipped = [None if g is None else _scaled(g, factor) for g in grads]
        return clipped, ops.cast(counts, self._totals.dtype)

    @property
    @abstractmethod
    def _update_name(self) -> str:
        """The optimizer's method that `train_step` hands the gradients to."""

    @abstractmethod
    def _clipped_update(self, update: Callable[..., Any], *args: Any) -> Any:
        """Calls that method, `update`, with clipped gradients."""

    @abstractmethod
    def _run(self, *args: Any) -> Any:
        """Trains for `steps_per_execution` batches."""


class _StatefulTrainFunction(ClippedTrainFunction):
    """TensorFlow and PyTorch, where an update may assign to any variable."""

    _update_name = "apply"

    def _clipped_update(
        self,
        update: Callable[..., Any],
        grads: Sequence[Tensor | None],
        trainable_variables: Any = None,
    ) -> Any:
        grads, counts = self._clip(grads)
        self._totals.assign_add(counts)
        return update(grads, trainable_variables)

    def _run(self, *args: Any) -> Any:
        return self._compiled(*args)


class _StatelessTrainFunction(ClippedTrainFunction):
    """JAX, where what an update counts leaves the steps beside the model's state.

    The logs would not do: of several steps Keras keeps those of the last one only.
    """

    _update_name = "stateless_apply"

    def _compile(self) -> Callable[..., Any]:
        model = self._model
        self._counts: Tensor | None = None
        self._plain_train_step = model.train_step
        with (
            replaced(model, "train_step", self._train_step),
            _keras_trainer.with_more_state(model),
        ):
            return super()._compile()

    def _train_step(self, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
        *state, totals = state
        logs, state = self._plain_train_step(tuple(state), data)
        counts, self._counts = self._counts, None
        if counts is not None:
            totals = totals + counts
        return logs, (*state, totals)

    def _clipped_update(
        self,
        update: Callable[..., Any],
        optimizer_variables: Sequence[Tensor],
        grads: Sequence[Tensor | None],
        trainable_variables: Sequence[Tensor],
    ) -> Any:
        mapping = zip(self._optimizer.variables, optimizer_variables, strict=True)
        with keras.StatelessScope(state_mapping=list(mapping)):
            grads, self._counts = self._clip(grads)
        return update(optimizer_variables, grads, trainable_variables)

    def _run(self, state: Any, iterator: Iterator[Any]) -> tuple[dict[str, Any], Any]:
        totals = self._totals.value
        logs, (*state, totals) = self._compiled((*state, totals), iterator)
        self._totals.assign(totals)
        return logs, tuple(state)


def global_norm(grads: Sequence[Tensor | None], scale: Tensor = 1.0) -> Tensor:
    """L2 norm of all gradients taken as one vector and divided by `scale`."""
    # Divided first, so that the squares of scaled gradients cannot overflow.
    squares = [ops.sum(ops.square(_flat(g) / scale)) for g in grads if g is not None]
    return ops.sqrt(ops.sum(ops.stack(squares)))


def _flat(grad: Tensor) -> Tensor:
    # Reshaping also adds up the rows that TensorFlow lists more than once in the
    # gradient of an embedding.
    return ops.reshape(ops.cast(grad, _wide(grad)), (-1,))


def _scaled(grad: Tensor, factor: Tensor) -> Tensor:
    wide = ops.cast(grad, _wide(grad))
    scaled = ops.multiply(wide, ops.cast(factor, wide.dtype))
    return ops.cast(scaled, grad.dtype)


def _wide(grad: Tensor) -> str:
    return keras.backend.result_type(grad.dtype, "float32")


def _loss_scale(optimizer: keras.Optimizer) -> Tensor:
    """What the optimizer multiplied the loss by, and so the gradients."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        built = optimizer.built
        scale = optimizer.dynamic_scale if built else optimizer.initial_scale
        return ops.convert_to_tensor(scale)
    return optimizer.loss_scale_factor or 1.0
