"""The layers that the checks run on: a new layer of the package is a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import keras

from keras_gated.graphs import KNOWN_CELLS
from keras_gated.layers import (
    GRU,
    JANET,
    LSTM_VARIANTS,
    MGU,
    MUT1,
    MUT2,
    MUT3,
    AdaptiveWeightNoise,
    DropConnect,
    GraphRNN,
    LayerNormGRU,
    LayerNormLSTM,
    LSTMVariant,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
    WeightNormalization,
)
from keras_gated.testing import CHECKS, WRAPPER_CHECKS

UNITS = 4
"""The same for all: on JAX they share what is compiled."""

Backends = Mapping[str, str]
"""A reason for some backends, by their names, or by `"*"` for all."""


@dataclass(frozen=True)
class Layer:
    """A row of a matrix.

    Attributes:
        make: Makes the layer from keyword arguments.
        lacks: The checks that don't apply, and why.
        waits: The checks that fail, and the upstream issue or the reason why.
        ours: Whether it is a layer of this package.
        like: The row that has the same code but for a step. Its exhaustive checks
            stand for those of this one, whose quick ones are not run by default.
    """

    make: Callable[..., Any]
    lacks: Mapping[str, str] = field(default_factory=dict)
    waits: Mapping[str, Backends] = field(default_factory=dict)
    ours: bool = True
    like: str | None = None

    def waits_for(self, check: str) -> str | None:
        """What the check waits for on the active backend."""
        reasons = {**EVERY, **self.waits}.get(check, {})
        return reasons.get(keras.backend.backend(), reasons.get("*"))


def around(wrapper: Any, layer: Any, **settings: Any) -> Callable[..., Any]:
    """Makes a wrapper that draws random numbers; `seed` is that of both."""

    def make(seed: int = 3, **arguments: Any) -> Any:
        return wrapper(layer(UNITS, seed=seed, **arguments), seed=seed, **settings)

    return make


KERNELS = ("kernel", "recurrent_kernel")

EVERY = {
    "threads-predict": {
        "jax": "Keras donates the weights of the model to JAX, and puts them back "
        "after the call: other threads find them deleted"
    },
}
"""What waits whatever the layer; as a race, it may pass."""

WRAPPER = {"stacked-cells": "a wrapper has no cell of its own"}
RANDOM_WEIGHTS = {
    "fit": {"tensorflow": "TensorFlow draws other normal numbers under XLA"},
}
KERAS = {
    "all-masked-output": dict.fromkeys(
        ("tensorflow", "torch"), "Keras puts out zeros before the first valid step"
    ),
    "no-steps": {"*": "Keras does not look at the number of steps"},
    "wrong-shapes": {"*": "Keras leaves shapes to the backend, which repeats some"},
    "stateful": {"jax": "Keras does not hand the states to the trainer there"},
}

FAMILIES = {
    "jax": ("PeepholeLSTM", "SimpleRNN", "LayerNormLSTM", "WeightNoise(GRU)"),
    "tensorflow": ("GRU", "LSTMVariant, FGR", "MUT1", "WeightNoise(GRU)"),
}
"""The layers whose quick checks run on the slower backends, one of each family."""

LAYERS = {
    "PeepholeLSTM": Layer(partial(PeepholeLSTM, UNITS)),
    "PeepholeLSTM, no peepholes": Layer(
        partial(PeepholeLSTM, UNITS, use_peepholes=False), like="PeepholeLSTM"
    ),
    "GRU": Layer(partial(GRU, UNITS)),
    "GRU, reset after": Layer(partial(GRU, UNITS, reset_after=True), like="GRU"),
    "GRU, softplus": Layer(
        partial(GRU, UNITS, activation="softplus"), like="LayerNormGRU"
    ),
    "SimpleRNN": Layer(partial(SimpleRNN, UNITS)),
    **{
        f"LSTMVariant, {name}": Layer(
            partial(LSTMVariant, UNITS, **settings),
            like=None if name in ("CIFG", "FGR") else "LSTMVariant, CIFG",
        )
        for name, settings in LSTM_VARIANTS.items()
    },
    **{
        layer.__name__: Layer(partial(layer, UNITS))
        for layer in (MUT1, MUT2, MUT3, MGU, JANET, LayerNormLSTM, LayerNormGRU)
    },
    "GraphRNN, LSTM": Layer(partial(GraphRNN, UNITS, KNOWN_CELLS["lstm"])),
    "GraphRNN, MUT1": Layer(
        partial(GraphRNN, UNITS, KNOWN_CELLS["mut1"]), like="GraphRNN, LSTM"
    ),
    "PeepholeLSTM, zoneout": Layer(
        partial(PeepholeLSTM, UNITS, zoneout=(0.1, 0.5)), like="PeepholeLSTM"
    ),
    "GRU, zoneout": Layer(partial(GRU, UNITS, zoneout=0.2), like="GRU"),
    **{
        f"PeepholeLSTM, dropout of {form}": Layer(
            partial(PeepholeLSTM, UNITS, recurrent_dropout_form=form),
            like="PeepholeLSTM",
        )
        for form in ("semeniuta", "moon")
    },
    "WeightNoise(GRU)": Layer(
        around(WeightNoise, GRU), lacks=WRAPPER, waits=RANDOM_WEIGHTS
    ),
    "AdaptiveWeightNoise(GRU)": Layer(
        around(AdaptiveWeightNoise, GRU, examples=100),
        lacks=WRAPPER,
        waits=RANDOM_WEIGHTS,
    ),
    "DropConnect(GRU)": Layer(
        around(DropConnect, GRU, rate=0.5), lacks=WRAPPER, waits=RANDOM_WEIGHTS
    ),
    "WeightNormalization(GRU)": Layer(
        lambda **arguments: WeightNormalization(GRU(UNITS, **arguments)), lacks=WRAPPER
    ),
    "keras.layers.GRU": Layer(
        partial(keras.layers.GRU, UNITS), waits=KERAS, ours=False
    ),
    "keras.layers.LSTM": Layer(
        partial(keras.layers.LSTM, UNITS),
        waits=KERAS,
        ours=False,
        like="keras.layers.GRU",
    ),
}

SHARED = {
    "shared-layer-files": {
        "*": "Keras saves the weights of a layer in two wrappers once, and makes two "
        "layers of it, as in its own TimeDistributed"
    }
}

WRAPPERS = {
    "WeightNoise": Layer(partial(WeightNoise, seed=3), waits=SHARED),
    "AdaptiveWeightNoise": Layer(
        partial(AdaptiveWeightNoise, examples=100, seed=3), waits=SHARED
    ),
    "DropConnect": Layer(
        partial(DropConnect, rate=0.5, weight_names=KERNELS, seed=3), waits=SHARED
    ),
    "WeightNormalization": Layer(
        partial(WeightNormalization, weight_names=KERNELS), waits=SHARED
    ),
}
"""The wrappers that change weights: `make` is put around a layer."""

TABLES = {"layers": (LAYERS, CHECKS), "wrappers": (WRAPPERS, WRAPPER_CHECKS)}
"""The tables of rows and columns, by the names that they have in the results."""
