"""What wrappers that draw weights have in common."""

import random
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import keras

from keras_gated._types import Tensor
from keras_gated.layers._replaced_weight import ReplacedWeight
from keras_gated.layers.kernel_wrapper import KernelWrapper


class RandomKernelWrapper(KernelWrapper):
    """A `KernelWrapper` that draws in training and does nothing at inference.

    Where all weights that it acts on are quantized, it does nothing in training either,
    and warns.

    Args:
        layer: As for `KernelWrapper`.
        weight_names: As for `KernelWrapper`.
        seed: Seed of the draws.
        **kwargs: As for `KernelWrapper`.
    """

    def __init__(
        self,
        layer: Any,
        weight_names: Sequence[str],
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, weight_names, **kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    @property
    def draws(self) -> bool:
        """Whether the weights in training are others than at inference."""
        return True

    def drawn(self, weights: Sequence[ReplacedWeight]) -> list[Tensor]:
        """What these weights are in a step of training."""
        raise NotImplementedError

    def replacements(self, training: bool) -> Iterable[tuple[ReplacedWeight, Tensor]]:
        if not training or not self.draws:
            return []
        weights = self.replaced_weights()
        if not weights:
            warnings.warn(
                f"{type(self).__name__} {self.name!r} does nothing: "
                f"{self.layer.name!r} has quantized all weights that it acts on.",
                stacklevel=2,
            )
            return []
        return zip(weights, self.drawn(weights), strict=True)

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        # Keras leaves random states out of its files. With it, training goes on from
        # a file with the draws it would have had.
        store["seed_state"] = self.seed_generator.state

    def load_own_variables(self, store: Any) -> None:
        weights = set(store.keys()) - {"seed_state"}
        super().load_own_variables({name: store[name] for name in weights})
        self.seed_generator.state.assign(store["seed_state"])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}

    @classmethod
    def backwards_config(
        cls, config: dict[str, Any], go_backwards: bool
    ) -> dict[str, Any]:
        """The two directions of a `Bidirectional` draw different numbers."""
        config = super().backwards_config(config, go_backwards)
        if config["seed"] is not None:
            config["seed"] = random.Random(config["seed"]).getrandbits(31)
        return config
