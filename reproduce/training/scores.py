"""The NLL of a model on a split."""

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.losses import NegativeLogLikelihood

Averages = dict[str, float]


def score(
    model: keras.Model, loss: NegativeLogLikelihood, batches: SequenceBatches
) -> Averages:
    """The NLL of a model in nats per step, by both averages in use.

    Args:
        model: A model that puts out the parameters of a density at every step.
        loss: The loss, with no reduction.
        batches: The sequences to measure it on.

    Returns:
        `pooled`, the mean over all steps of all sequences, and `per_sequence`, the
        mean over sequences of the mean over their steps.
    """
    nats, steps = [], []
    for inputs, targets, weight in batches:
        values = loss(targets, model.predict_on_batch(inputs), weight)
        rows = weight.any(axis=1)
        nats.append(keras.ops.convert_to_numpy(values).sum(axis=1)[rows])
        steps.append(weight.sum(axis=1)[rows])
    total, length = np.concatenate(nats), np.concatenate(steps)
    return {
        "pooled": float(total.sum() / length.sum()),
        "per_sequence": float(np.mean(total / length)),
    }
