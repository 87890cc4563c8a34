"""How large weights are, by how often their inputs occur."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from reproduce.studies.chung2014.training.build import build_model
from reproduce.studies.chung2014.training.sizes import sizes_of
from tests.reproduce.examples import small_task, trial


def task_with(shares, steps=40):
    """Inputs each of which is on in so many of the steps, in two sequences."""
    inputs = np.zeros((steps, len(shares)), "float32")
    for entry, share in enumerate(shares):
        inputs[: round(share * steps), entry] = 1
    sequences = [inputs[:10], inputs[10:]]
    task = small_task()
    return replace(task, splits={**task.splits, "train": (sequences, sequences)})


def sizes_with(shares, kernel):
    task = task_with(shares)
    model = build_model(trial(backend=keras.backend.backend(), unit="tanh"), task)
    layer = model.layers[-2]
    variables = {v.name: v for v in layer.trainable_variables}
    variables["kernel"].assign(kernel)
    variables["recurrent_kernel"].assign(np.full((5, 5), -3.0))
    return sizes_of(model, task)


@pytest.mark.once
def test_rows_of_rare_and_common_inputs_are_told_apart():
    # Inputs 2 and 5 never occur; of the eight others 1 and 8 are rare, 0 and 9 common.
    shares = [0.9, 0.05, 0, 0.3, 0.4, 0, 0.35, 0.25, 0.1, 0.8]
    rows = np.array([1, 2, 50, 5, 5, 50, 5, 5, 4, 3.0])
    kernel = np.repeat(rows[:, None], 5, axis=1)
    sizes = sizes_with(shares, kernel)
    assert sizes["recurrent_kernel"] == 3
    assert sizes["kernel"] == pytest.approx(np.sqrt(np.mean(rows**2)))
    assert sizes["kernel_of_rare_inputs"] == pytest.approx(np.sqrt((4 + 16) / 2))
    assert sizes["kernel_of_common_inputs"] == pytest.approx(np.sqrt((1 + 9) / 2))


@pytest.mark.once
def test_one_input_is_rare_and_common():
    sizes = sizes_with([0.5], np.full((1, 5), 2.0))
    assert sizes["kernel_of_rare_inputs"] == sizes["kernel_of_common_inputs"] == 2
