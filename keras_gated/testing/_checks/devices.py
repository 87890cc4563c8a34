"""A batch spread over two devices of a CPU."""

import tempfile
from pathlib import Path

import numpy as np

from keras_gated.testing import _train_on_two_devices
from keras_gated.testing._arrays import assert_close
from keras_gated.testing._backends import PROCESSES
from keras_gated.testing._checks.training import compiled_model
from keras_gated.testing._fresh import check_importable, run_fresh
from keras_gated.testing._subject import Subject
from keras_gated.testing._train_on_two_devices import MODEL, TRAINED, fit
from keras_gated.testing.check import layer_check


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
        run_fresh(_train_on_two_devices.__name__, [folder, *modules], PROCESSES)
        with np.load(Path(folder) / TRAINED) as file:
            found = [file[f"arr_{i}"] for i in range(len(file.files))]
    fit(model)
    assert_close(found, model.get_weights(), "the weights after two epochs")
