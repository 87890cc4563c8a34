"""How a model differs from n-grams in the first epochs of its training."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from reproduce.studies.karpathy2015.analysis.divergence import symmetric_kl
from reproduce.studies.karpathy2015.characters import log_softmax, reset_states
from reproduce.studies.karpathy2015.data import TextTask
from reproduce.studies.karpathy2015.ngrams import distributions
from reproduce.task import Array

CONTEXTS = (1, 2, 3, 4)
"""Characters that the n-grams see."""

COLUMNS = ("epoch", "context", "divergence", "nll", "ngram_nll")

EPOCHS, LOOKS = 3, 20
"""Epochs that are watched, and how often in each."""


def watch(
    model: Any,
    twin: Any,
    task: TextTask,
    batches: SequenceBatches,
    epochs: int = EPOCHS,
    looks: int = LOOKS,
) -> Array:
    """Trains a model from its beginning, and compares it with n-grams now and then.

    It is compared on the first window of each stream of the validation text.

    Args:
        model: A compiled model with its initial weights.
        twin: A model with the same layers, which carries no state.
        task: The text.
        batches: The windows that it is trained on.
        epochs: Epochs that are watched.
        looks: How often in each.

    Returns:
        A row for each look and each n-gram, with the columns `COLUMNS`.
    """
    streams = task.text.valid[:, : task.text.window + 1]
    compare = _comparison(task, streams)
    every = math.ceil(len(batches) / looks)
    rows = []
    for epoch in range(epochs):
        reset_states(model)
        for number, batch in enumerate(batches, 1):
            model.train_on_batch(*batch)
            if number % every == 0 or number == len(batches):
                copy_weights(model, twin)
                found = log_softmax(twin.predict_on_batch(streams[:, :-1]))
                at = epoch + number / len(batches)
                rows += [(at, *row) for row in compare(found)]
    return np.array(rows)


def _comparison(
    task: TextTask, streams: Array
) -> Callable[[Array], list[tuple[float, ...]]]:
    targets = streams[:, 1:, np.newaxis]

    def nll(log_probabilities: Array) -> float:
        return -float(np.take_along_axis(log_probabilities, targets, -1).mean())

    ngrams = {c: distributions(task.text, streams, c) for c in CONTEXTS}
    return lambda found: [
        (context, symmetric_kl(found, ngram).mean(), nll(found), nll(ngram))
        for context, ngram in ngrams.items()
    ]


def copy_weights(model: Any, twin: Any) -> None:
    """Gives the weights of a model to another one with the same layers."""
    pairs = zip(model.trainable_variables, twin.trainable_variables, strict=True)
    for variable, other in pairs:
        # On JAX both would own one buffer, which a step of either gives away.
        other.assign(np.array(keras.ops.convert_to_numpy(variable)))
