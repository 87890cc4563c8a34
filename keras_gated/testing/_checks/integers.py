"""Inputs that are no floats."""

import keras
import numpy as np

from keras_gated.testing._arrays import BATCH, FEATURES, TIME, assert_close
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check

DTYPES = "bool", "uint8", "int32", "int64"


@layer_check("integers and booleans are the same numbers as floats")
def integers(subject: Subject) -> None:
    layer = subject.built(return_sequences=True)
    x = np.random.default_rng(3).integers(0, 2, (BATCH, TIME, FEATURES))
    expected = layer(x.astype("float32"))
    for dtype in DTYPES:
        found = layer(keras.ops.convert_to_tensor(x.astype(dtype)))
        assert_close(found, expected, f"from {dtype}")
