"""A batch spread over two devices of a CPU."""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import assert_close
from keras_gated.testing._backends import PROCESSES, train_on_two_devices
from keras_gated.testing._checks.training import compiled_model
from keras_gated.testing._fresh import check_importable, run_fresh
from keras_gated.testing._subject import Subject
from keras_gated.testing._training_data import BATCH, EPOCHS, training_data
from keras_gated.testing.check import layer_check

MODEL, TRAINED = "model.keras", "trained.npz"


@layer_check(
    "training with batches spread over two devices gives the weights of one",
    "exhaustive",
)
def two_devices(subject: Subject) -> None:
    layer = subject.built(return_sequences=True)
    modules = check_importable(layer)
    model = compiled_model(layer)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / MODEL)
        run_fresh("keras_gated.testing._checks.devices", [folder, *modules], PROCESSES)
        with np.load(Path(folder) / TRAINED) as file:
            found = [file[f"arr_{i}"] for i in range(len(file.files))]
    fit(model)
    assert_close(found, model.get_weights(), "the weights after two epochs")


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
