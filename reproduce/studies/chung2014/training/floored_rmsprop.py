"""The optimizer of the authors' released code."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


class FlooredRMSprop(keras.optimizers.Optimizer):
    r"""RMSProp with a floor, momentum, and updates of limited norm.

    For a gradient $g$ and every weight $w$

    $$n \leftarrow \rho n + (1 - \rho) g^2, \qquad
    v \leftarrow \mu v - \alpha g / \max(\sqrt{n}, \text{floor}), \qquad
    w \leftarrow w + v$$

    and where the norm of all $v$ together is above `max_norm`, all are rescaled to it
    before they are applied, and stay so. Keras' `RMSprop` adds an epsilon where this
    one has a floor, and limits the gradient.

    Args:
        learning_rate: $\alpha$, a number or a schedule.
        rho: $\rho$, decay of the mean of squared gradients.
        momentum: $\mu$.
        floor: Least value to divide by.
        max_norm: Largest norm of an update.
        name: Name of the optimizer.
        **kwargs: As for every Keras optimizer.

    Raises:
        ValueError: If `use_ema` is asked for.

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), released code (footnote 3).
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        rho: float = 0.95,
        momentum: float = 0.9,
        floor: float = 0.01,
        max_norm: float = 1.0,
        name: str = "floored_rmsprop",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        if self.use_ema:
            raise ValueError(
                "FlooredRMSprop keeps no running mean of the weights: Keras would take "
                "it before the weights move. Received use_ema=True."
            )
        self.rho = rho
        self.momentum = momentum
        self.floor = floor
        self.max_norm = max_norm

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self._squares = self.add_optimizer_variables(variables, "square")
        self._velocities = self.add_optimizer_variables(variables, "velocity")

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None
    ) -> Any:
        """Applies one update to all variables, limited together."""
        result = super().apply(grads, trainable_variables)
        total = sum(ops.sum(ops.square(v.value)) for v in self._velocities)
        norm = ops.sqrt(total)
        factor = 1 / ops.maximum(norm / self.max_norm, 1.0)
        for variable, velocity in zip(
            self._trainable_variables, self._velocities, strict=True
        ):
            velocity.assign(velocity.value * factor)
            variable.assign(variable.value + velocity.value)
        return result

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates the velocity of a variable; `apply` moves the variable."""
        index = self._get_variable_index(variable)
        square, velocity = self._squares[index], self._velocities[index]
        rate = ops.cast(learning_rate, variable.dtype)
        square.assign(self.rho * square + (1 - self.rho) * ops.square(gradient))
        scale = ops.maximum(ops.sqrt(square.value), self.floor)
        velocity.assign(self.momentum * velocity - rate * gradient / scale)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "floor": self.floor,
            "max_norm": self.max_norm,
        }
