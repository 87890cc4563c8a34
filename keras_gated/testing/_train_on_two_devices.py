"""The process that trains a saved model on two devices: its folder, what to import.

It registers no check, since it is the main module of its process.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.testing._backends import train_on_two_devices
from keras_gated.testing._training_data import BATCH, EPOCHS, training_data

MODEL, TRAINED = "model.keras", "trained.npz"


def fit(model: Any) -> None:
    """Trains a model with Keras on the data of `training_data`."""
    x, y = training_data(model)
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)


if __name__ == "__main__":
    place, *needed = sys.argv[1:]
    for module in needed:
        import_module(module)
    trained = train_on_two_devices(
        lambda: keras.saving.load_model(Path(place) / MODEL), fit, Path(place)
    )
    np.savez(Path(place) / TRAINED, *trained.get_weights())
    # Without taking anything down, for the reason that `_backends/torch.py` has.
    os._exit(0)
