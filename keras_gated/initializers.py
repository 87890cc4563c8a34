"""Initializers."""

from typing import Any

import keras
from keras import ops

from keras_gated._types import Shape, Tensor

__all__ = ["Chrono"]


@keras.saving.register_keras_serializable(package="keras_gated")
class Chrono(keras.initializers.Initializer):
    r"""Biases of forget gates for dependencies of up to so many steps.

    A gate $\sigma(b)$ forgets over $1 + e^b$ steps. Each unit draws a time between 2
    and `max_steps`: $b = \log u$ with $u$ uniform in $[1, T_{\max} - 1)$.

    Args:
        max_steps: $T_{\max}$, the longest dependency that is expected, in steps: about
            the length of the sequences.
        seed: Seed of the draw.

    Call arguments:
        - `shape`: The shape of the bias.
        - `dtype`: Its dtype.

    Call returns:
        A tensor of that shape and dtype, between 0 and $\log(T_{\max} - 1)$.

    Raises:
        ValueError: If `max_steps` is less than 2.

    Examples:
        >>> import keras
        >>> from keras_gated.initializers import Chrono
        >>> bias = Chrono(max_steps=100, seed=1)((1000,))
        >>> steps = 1 + keras.ops.exp(bias)
        >>> bool(keras.ops.min(steps) >= 2), bool(keras.ops.max(steps) <= 100)
        (True, True)

        As `unit_forget_bias` of an LSTM it also starts the biases of the input gates,
        at the negatives of these, as the paper does:

        >>> from keras_gated.layers import PeepholeLSTM
        >>> layer = PeepholeLSTM(8, unit_forget_bias=Chrono(max_steps=100))
        >>> layer.build((None, None, 3))
        >>> i, f, *_ = keras.ops.split(layer.cell.bias, 4)
        >>> bool(keras.ops.all(i == -f))
        True

    Reference:
        Tallec and Ollivier 2018 (arXiv:1804.11188), section 2, equation 16.
    """

    def __init__(self, max_steps: float, seed: int | None = None) -> None:
        if not max_steps >= 2:
            raise ValueError(
                "Chrono needs max_steps of at least 2, the number of steps that the "
                f"longest dependency spans. Received max_steps={max_steps!r}."
            )
        self.max_steps = max_steps
        self.seed = seed
        self._uniform = keras.initializers.RandomUniform(1, max_steps - 1, seed=seed)

    def __call__(self, shape: Shape, dtype: Any = None) -> Tensor:
        return ops.log(self._uniform(shape, dtype=dtype))

    def get_config(self) -> dict[str, Any]:
        return {"max_steps": self.max_steps, "seed": self.seed}
