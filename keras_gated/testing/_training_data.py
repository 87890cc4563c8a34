"""What models are trained on in the checks."""

from typing import Any

import numpy as np

from keras_gated.testing._arrays import TIME, normal, sequences

BATCH, EPOCHS, RATE = 4, 2, 0.1


def training_data(model: Any, batch: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    """Random inputs, and targets of the shape of the outputs of a model."""
    (_, *sizes) = model.compute_output_shape((batch, TIME, model.input_shape[-1]))
    return sequences(batch), normal(batch, *sizes, seed=5)
