"""`fit` with one sequence an update learns both stand-ins, in one program on JAX."""

from functools import partial

import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import LSTMVariant
from keras_gated.metrics import MeanNLL
from keras_gated.training import scan_steps
from reproduce.studies.odyssey2015.errors import character_error, frame_error
from reproduce.studies.odyssey2015.losses import CTCNLL, CategoricalNLL
from reproduce.studies.odyssey2015.tasks import padded

pytestmark = pytest.mark.everywhere

LETTERS = 3
EPOCHS = 25
SHAPES = np.eye(LETTERS + 1)


def made_up(kind, count=24):
    """Sequences of two steps for each letter and one of nothing between them."""
    rng = np.random.default_rng(0)
    inputs, targets = [], []
    for _ in range(count):
        label = rng.integers(1, LETTERS + 1, rng.integers(1, 4))
        steps = np.concatenate([[letter, letter, 0] for letter in label])
        inputs.append(SHAPES[steps] + rng.normal(scale=0.05, size=(len(steps), 4)))
        targets.append(
            padded(label, len(steps)) if kind == "words" else steps[:, np.newaxis]
        )
    return inputs, targets


TASKS = {
    "phones": (CategoricalNLL, frame_error),
    "words": (partial(CTCNLL, 3), character_error),
}


@pytest.mark.parametrize("kind", TASKS)
def test_learns(kind):
    make_loss, error = TASKS[kind]
    pairs = made_up(kind)
    batches = SequenceBatches(*pairs, 1, seed=0, padded_lengths=2)
    held_out = SequenceBatches(*pairs, 10, shuffle=False, padded_lengths=1)
    inputs = keras.Input((None, 4))
    layer = keras.layers.Bidirectional(LSTMVariant(6, return_sequences=True))
    model = keras.Model(inputs, keras.layers.Dense(LETTERS + 1)(layer(inputs)))
    loss = make_loss(reduction="sum")
    backend = keras.backend.backend()
    model.compile(
        keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
        loss=loss,
        weighted_metrics=[MeanNLL(loss)],
        jit_compile=backend != "torch",
        steps_per_execution=len(batches) if backend == "jax" else 1,
    )
    history = scan_steps(model).fit(
        batches,
        epochs=EPOCHS,
        shuffle=False,
        validation_data=held_out,
        callbacks=[batches.epoch_callback()],
        verbose=0,
    )
    assert int(model.optimizer.iterations) == EPOCHS * len(batches)
    nll = history.history["val_nll"]
    assert np.isfinite(nll).all() and nll[-1] < 0.3 * nll[0]
    # The metric of the program is that of the loss by hand, whatever the batches.
    nats = steps = 0
    for x, y, weight in held_out:
        values = make_loss(reduction="none")(y, model.predict_on_batch(x), weight)
        nats += float(keras.ops.sum(values))
        steps += weight.sum()
    np.testing.assert_allclose(nll[-1], nats / steps, rtol=1e-4)
    assert error(model, held_out) < 0.1
