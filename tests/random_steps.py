"""Small random sequences with predictions of each head, for tests of likelihoods."""

import numpy as np
from keras import ops

from keras_gated import mixture
from keras_gated.losses import BernoulliNLL, MixtureNLL

BATCH, TIME, EVENT = 3, 4, 2
COMPONENTS = 2
LOSSES = [BernoulliNLL(), MixtureNLL()]


def predictions(loss, rng):
    mixture_size = mixture.packed_size(COMPONENTS, EVENT)
    size = mixture_size if isinstance(loss, MixtureNLL) else EVENT
    return rng.normal(size=(BATCH, TIME, size)).astype("float32")


def targets(rng):
    return rng.integers(0, 2, size=(BATCH, TIME, EVENT)).astype("float32")


def right_padded(rng):
    """Weights of sequences of different lengths: 1 at their steps, then 0."""
    lengths = rng.permutation([1, TIME - 1, TIME])
    return (np.arange(TIME) < lengths[:, None]).astype("float32")


def per_step(loss, y_true, y_pred):
    """Nats of each step, as a NumPy array."""
    y_true = ops.convert_to_tensor(y_true, dtype=loss.dtype)
    y_pred = ops.convert_to_tensor(y_pred, dtype=loss.dtype)
    return ops.convert_to_numpy(loss.call(y_true, y_pred))
