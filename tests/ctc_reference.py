"""What CTC is, in NumPy: by its definition, and by the sums of Graves et al. 2006."""

import itertools

import numpy as np
from keras import ops

from keras_gated.losses import CTCLoss

STEPS, CLASSES = 5, 3
LABELS = [[], [1], [2], [1, 2], [1, 1], [2, 2, 1], [1, 2, 1, 2, 1], [1, 1, 1]]
"""None, one, equal neighbours, and as many as there is room for."""

IMPOSSIBLE = [[1, 1, 1, 1], [1, 2, 1, 2, 2], [1, 2, 1, 2, 1, 2]]


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def reads_as(path):
    """The letters of a path: equal neighbours are one, then zeros are gone."""
    return [letter for letter, _ in itertools.groupby(path) if letter != 0]


def by_definition(logits, label):
    """Minus the log of the sum over every path that reads as the label."""
    log_p = log_softmax(logits)
    steps, classes = log_p.shape
    total = -np.inf
    for path in itertools.product(range(classes), repeat=steps):
        if reads_as(path) == list(label):
            total = np.logaddexp(total, log_p[range(steps), path].sum())
    return -total


def by_forward_sums(logits, label):
    """The same in time linear in the steps: `alpha` has a place for every blank."""
    log_p = log_softmax(logits)
    places = [0]
    for letter in label:
        places += [letter, 0]
    alpha = np.full(len(places), -np.inf)
    alpha[: min(2, len(places))] = log_p[0, places[:2]]
    for row in log_p[1:]:
        before = alpha.copy()
        for s, letter in enumerate(places):
            if s >= 1:
                alpha[s] = np.logaddexp(alpha[s], before[s - 1])
            if s >= 2 and letter not in (0, places[s - 2]):
                alpha[s] = np.logaddexp(alpha[s], before[s - 2])
            alpha[s] += row[letter]
    return -np.logaddexp.reduce(alpha[-2:])


def padded(labels, padding=0, width=None):
    width = width or max(map(len, labels))
    array = np.full((len(labels), width), padding, "int32")
    for row, label in zip(array, labels, strict=True):
        row[: len(label)] = label
    return array


def prefix(lengths, steps=STEPS):
    return (np.arange(steps) < np.array(lengths)[:, None]).astype("float32")


def called(*arrays, loss=None, **lengths):
    loss = loss or CTCLoss(reduction="none")
    return ops.convert_to_numpy(loss(*arrays, **lengths))
