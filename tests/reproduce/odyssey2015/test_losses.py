"""The losses of the stand-ins beside NumPy, on every backend."""

import keras
import numpy as np
import pytest

from reproduce.studies.odyssey2015.losses import CTCNLL, CategoricalNLL
from tests.ctc_reference import (
    by_definition,
    by_forward_sums,
    log_softmax,
)
from tests.gradients import finite_differences, value_and_gradients

pytestmark = pytest.mark.everywhere

STEPS, CLASSES = 5, 3
LABELS = [[], [1], [2], [1, 2], [1, 1], [2, 2, 1], [1, 2, 1, 2, 1], [1, 1, 1]]
"""None, one, equal neighbours, and as many as there is room for."""

GARBAGE = [np.nan, np.inf, -np.inf, 1e38]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def targets(labels, steps):
    array = np.zeros((len(labels), steps, 1), "float32")
    for row, label in zip(array, labels, strict=True):
        row[: len(label), 0] = label
    return array


def weights(lengths, steps):
    return (np.arange(steps) < np.array(lengths)[:, None]).astype("float32")


def per_step(loss, *arrays):
    return keras.ops.convert_to_numpy(loss(*arrays))


def test_the_references_agree(rng):
    logits = rng.normal(scale=2, size=(STEPS, CLASSES))
    for label in LABELS:
        np.testing.assert_allclose(
            by_forward_sums(logits, label), by_definition(logits, label), rtol=1e-12
        )
    assert by_definition(logits, [1, 1, 1, 1]) == np.inf
    assert by_forward_sums(logits, [1, 1, 1, 1]) == np.inf


def test_ctc_is_the_sum_over_all_paths(rng):
    logits = rng.normal(scale=2, size=(len(LABELS), STEPS, CLASSES))
    expected = [by_definition(*pair) for pair in zip(logits, LABELS, strict=True)]
    for most_letters in (None, 5):
        loss = CTCNLL(most_letters, reduction="none")
        nats = per_step(loss, targets(LABELS, STEPS), logits)
        assert nats.shape == (len(LABELS), STEPS)
        np.testing.assert_allclose(nats.sum(axis=1), expected, rtol=1e-5)
        # Evenly spread.
        np.testing.assert_allclose(nats, nats[:, :1] + np.zeros(STEPS), rtol=1e-6)


def test_ctc_of_words_as_long_as_ours(rng):
    steps, classes = 90, 27
    labels = [rng.integers(1, classes, count).tolist() for count in (3, 5, 7)]
    labels[1][2] = labels[1][1]
    lengths = [90, 61, 20]
    logits = rng.normal(scale=3, size=(3, steps, classes))
    loss = CTCNLL(7, reduction="none")
    nats = per_step(loss, targets(labels, steps), logits, weights(lengths, steps))
    expected = [
        by_forward_sums(row[:length], label)
        for row, length, label in zip(logits, lengths, labels, strict=True)
    ]
    np.testing.assert_allclose(nats.sum(axis=1), expected, rtol=1e-5)


def test_ctc_leaves_padding_out_whatever_it_holds(rng):
    labels, lengths = [[1, 1], [2], [], [1]], [3, 5, 2, 0]
    logits = rng.normal(size=(4, STEPS, CLASSES))
    weight = weights(lengths, STEPS)
    expected = [
        by_definition(logits[row, : lengths[row]], labels[row]) for row in range(3)
    ]
    for garbage in GARBAGE:
        y_true = targets(labels, STEPS)
        y_true[weight == 0] = garbage
        y_pred = logits.copy()
        y_pred[weight == 0] = garbage
        nats = per_step(CTCNLL(reduction="none"), y_true, y_pred, weight)
        np.testing.assert_allclose(nats.sum(axis=1), [*expected, 0], rtol=1e-5)
        assert not nats[weight == 0].any()
        total = per_step(CTCNLL(reduction="sum"), y_true, y_pred, weight)
        np.testing.assert_allclose(total, sum(expected), rtol=1e-5)


def test_gradient_of_ctc(rng):
    labels, lengths = [[1, 1], [2, 1], []], [4, 5, 2]
    logits = rng.normal(size=(3, STEPS, CLASSES))
    y_true, weight = targets(labels, STEPS), weights(lengths, STEPS)
    loss = CTCNLL(reduction="sum")

    def reference(logits):
        return sum(
            by_forward_sums(row[:length], label)
            for row, length, label in zip(logits, lengths, labels, strict=True)
        )

    spoilt = np.where(weight[..., None] > 0, logits, np.nan)
    _, (gradient,) = value_and_gradients(lambda x: loss(y_true, x, weight), spoilt)
    # Keras computes CTC in float32 whatever it is given.
    np.testing.assert_allclose(
        gradient, finite_differences(reference, logits), atol=2e-6
    )
    assert not gradient[weight == 0].any()


def test_categorical_is_the_hand_sum(rng):
    logits = rng.normal(scale=3, size=(2, STEPS, CLASSES))
    classes = rng.integers(0, CLASSES, (2, STEPS, 1)).astype("float32")
    expected = -np.take_along_axis(log_softmax(logits), classes.astype(int), -1)[..., 0]
    loss = CategoricalNLL(reduction="none")
    np.testing.assert_allclose(per_step(loss, classes, logits), expected, rtol=1e-5)


def test_categorical_leaves_padding_out_whatever_it_holds(rng):
    weight = weights([3, 5], STEPS)
    logits = rng.normal(size=(2, STEPS, CLASSES))
    classes = rng.integers(0, CLASSES, (2, STEPS, 1)).astype("float32")
    loss = CategoricalNLL(reduction="sum")
    expected = -np.take_along_axis(log_softmax(logits), classes.astype(int), -1)[..., 0]
    for garbage in GARBAGE:
        y_true, y_pred = classes.copy(), logits.copy()
        y_true[weight == 0] = y_pred[weight == 0] = garbage
        total, (_, gradient) = value_and_gradients(
            lambda y, x: loss(y, x, weight), y_true, y_pred
        )
        np.testing.assert_allclose(total, expected[weight > 0].sum(), rtol=1e-5)
        assert np.isfinite(gradient).all() and not gradient[weight == 0].any()


@pytest.mark.parametrize("loss", [CategoricalNLL, CTCNLL])
def test_targets_of_other_shapes_are_named(loss):
    logits = np.zeros((2, STEPS, CLASSES))
    for shape in ((2, STEPS), (2, STEPS, 2), (2, STEPS - 1, 1)):
        with pytest.raises(ValueError, match=r"needs y_true \(batch, time, 1\)"):
            loss()(np.zeros(shape), logits)


def test_a_loss_comes_back_from_its_config():
    loss = CTCNLL(7, reduction="sum", name="words")
    config = keras.saving.serialize_keras_object(loss)
    again = keras.saving.deserialize_keras_object(config)
    assert isinstance(again, CTCNLL)
    assert (again.most_letters, again.reduction, again.name) == (7, "sum", "words")
