"""Gated recurrent networks for Keras 3 on JAX, TensorFlow and PyTorch."""

from keras_gated import (
    analysis,
    callbacks,
    datasets,
    decoding,
    generation,
    graphs,
    initializers,
    interchange,
    layers,
    losses,
    metrics,
    mixture,
    models,
    recurrence,
    streaming,
    testing,
    training,
)
from keras_gated.saving import load_model

__version__ = "0.1.0"

__all__ = [
    "analysis",
    "callbacks",
    "datasets",
    "decoding",
    "generation",
    "graphs",
    "initializers",
    "interchange",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "mixture",
    "models",
    "recurrence",
    "streaming",
    "testing",
    "training",
]
