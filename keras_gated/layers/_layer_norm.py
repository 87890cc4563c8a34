"""What the layer-normalised cells have in common."""

from typing import Any

import keras

from keras_gated._types import InitializerLike, Shape, Tensor
from keras_gated.layers.recurrent_cell import RecurrentCell, tensors


class LayerNormCell(RecurrentCell, keras.layers.Layer):
    """Mixin that adds the gains of the normalised sums to a cell's weights.

    Args:
        units: Number of units.
        epsilon: What is added to the variances.
        gain_initializer: Initializer of the gains.
        offset_initializer: Initializer of the offset that is not in `bias`.
        **kwargs: The arguments of the cell.
    """

    def __init__(
        self,
        units: int,
        epsilon: float = 1e-5,
        gain_initializer: InitializerLike = "ones",
        offset_initializer: InitializerLike = "zeros",
        **kwargs: Any,
    ) -> None:
        if not epsilon > 0:
            raise ValueError(
                f"{type(self).__name__} needs a positive epsilon, which is added to "
                f"variances that may be zero. Received epsilon={epsilon!r}."
            )
        super().__init__(units, **kwargs)
        self.epsilon = float(epsilon)
        self.gain_initializer = keras.initializers.get(gain_initializer)
        self.offset_initializer = keras.initializers.get(offset_initializer)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.input_gain = self._add_gain("input_gain", self.kernel.shape[1])
        self.recurrent_gain = self._add_gain("recurrent_gain", self.kernel.shape[1])

    def _add_gain(self, name: str, size: int) -> Tensor:
        return self.add_weight(
            shape=(size,), name=name, initializer=self.gain_initializer
        )

    def _add_offset(self, name: str) -> Tensor | None:
        if not self.use_bias:
            return None
        return self.add_weight(
            shape=(self.units,), name=name, initializer=self.offset_initializer
        )

    def projection(self) -> tuple[Tensor, ...]:
        return tensors(self.kernel)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "gain_initializer": keras.initializers.serialize(self.gain_initializer),
            "offset_initializer": keras.initializers.serialize(self.offset_initializer),
        }
