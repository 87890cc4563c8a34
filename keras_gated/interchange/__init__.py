"""Weights from and to other frameworks, and ONNX models.

Every function checks that the equations agree, and says which one differs if they do
not. `from_*` makes a layer of `keras_gated.layers`, `to_*` reads one. None of them
depends on the Keras backend.
"""

from keras_gated.interchange.flax import from_flax, to_flax
from keras_gated.interchange.keras import from_keras, to_keras
from keras_gated.interchange.onnx_export import export_onnx, to_onnx
from keras_gated.interchange.onnx_import import from_onnx
from keras_gated.interchange.torch import from_torch, to_torch

__all__ = [
    "export_onnx",
    "from_flax",
    "from_keras",
    "from_onnx",
    "from_torch",
    "to_flax",
    "to_keras",
    "to_onnx",
    "to_torch",
]
