"""CTC beside the sum over all paths, and beside PyTorch."""

import numpy as np
import pytest

from keras_gated.losses import CTCLoss
from tests import needs
from tests.ctc_reference import (
    CLASSES,
    IMPOSSIBLE,
    LABELS,
    STEPS,
    by_definition,
    by_forward_sums,
    called,
    padded,
    prefix,
)
from tests.gradients import finite_differences, value_and_gradients

GARBAGE = [np.nan, np.inf, -np.inf, 1e38]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_sum_over_all_paths(rng, float64):
    logits = rng.normal(scale=2, size=(len(LABELS), STEPS, CLASSES))
    expected = [by_definition(*pair) for pair in zip(logits, LABELS, strict=True)]
    for padding in (0, -1, -7):
        found = called(padded(LABELS, padding), logits)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    labels = padded(LABELS)
    np.testing.assert_allclose(called(labels[..., None], logits), expected, rtol=1e-9)
    labels[labels == 0] = 2
    lengths = [*map(len, LABELS)]
    found = called(labels, logits, label_lengths=lengths)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_gradient(rng, float64):
    labels, lengths = [[1, 1], [2, 1], [], [1]], [4, 5, 2, 1]
    logits = rng.normal(size=(4, STEPS, CLASSES))
    weight = prefix(lengths) * np.array([[1], [2], [1], [0.5]])

    def reference(logits):
        return sum(
            row_weight.max() * by_definition(row[:length], label)
            for row, length, label, row_weight in zip(
                logits, lengths, labels, weight, strict=True
            )
        )

    spoilt = np.where(weight[..., None] > 0, logits, np.nan)
    total, (gradient,) = value_and_gradients(
        lambda x: CTCLoss(reduction="sum")(padded(labels), x, weight), spoilt
    )
    assert total == pytest.approx(reference(logits), rel=1e-9)
    np.testing.assert_allclose(
        gradient, finite_differences(reference, logits), atol=1e-8
    )
    assert not gradient[weight == 0].any()


@pytest.mark.parametrize("blank", [1, CLASSES - 1])
def test_any_class_may_be_the_blank(rng, blank, float64):
    logits = rng.normal(size=(len(LABELS), STEPS, CLASSES))
    order = np.array([blank, *(c for c in range(CLASSES) if c != blank)])
    renamed = [[int(order[symbol]) for symbol in label] for label in LABELS]
    for padding in (blank, -1):
        found = called(
            padded(renamed, padding),
            logits,
            loss=CTCLoss(blank, reduction="none"),
        )
        expected = [
            by_definition(row[:, order], label)
            for row, label in zip(logits, LABELS, strict=True)
        ]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def speech(rng, steps=300, classes=42):
    """Sequences as long as sentences, of labels as long as theirs."""
    lengths, sizes = [300, 211, 90], [60, 40, 30]
    labels = [rng.integers(1, classes, size).tolist() for size in sizes]
    labels[0][7] = labels[0][8]
    return labels, lengths, rng.normal(scale=3, size=(3, steps, classes))


def test_long_sequences_in_single_precision(rng):
    labels, lengths, logits = speech(rng)
    expected = [
        by_forward_sums(row[:length], label)
        for row, length, label in zip(logits, lengths, labels, strict=True)
    ]
    found = called(padded(labels), logits, lengths=lengths)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_beside_pytorch(rng, float64):
    torch = needs.package("torch")
    labels, lengths, logits = speech(rng)
    given = torch.tensor(logits, requires_grad=True)
    theirs = torch.nn.functional.ctc_loss(
        given.log_softmax(-1).swapaxes(0, 1),
        torch.tensor(padded(labels)),
        torch.tensor(lengths),
        torch.tensor([*map(len, labels)]),
        reduction="sum",
    )
    theirs.backward()
    total, (gradient,) = value_and_gradients(
        lambda x: CTCLoss(reduction="sum")(padded(labels), x, lengths=lengths), logits
    )
    assert total == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, given.grad.numpy(), atol=1e-10)


def test_extreme_logits(float64):
    """A model that is sure, and right or wrong at every frame."""
    logits = np.zeros((2, 100, 3))
    logits[:, :, 0] = 1e3
    logits[:, 50, 0], logits[:, 50, 1] = 0, 1e3
    labels = [[1], [2, 2]]
    total, (gradient,) = value_and_gradients(
        lambda x: CTCLoss(reduction="sum")(padded(labels), x), logits
    )
    expected = [by_forward_sums(*pair) for pair in zip(logits, labels, strict=True)]
    # The first is certain; of the second one 2 takes a blank's place, and one the 1's.
    assert expected == pytest.approx([0, 2e3], abs=20)
    assert total == pytest.approx(sum(expected), rel=1e-9)
    assert np.isfinite(gradient).all() and gradient[1].any()


def test_frames_that_do_not_count_are_gone_wherever_they_are(rng, float64):
    labels = [[1, 1], [2], [], [1]]
    counted = np.array(
        [[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [0, 1, 0, 0, 0], [0] * 5], "float32"
    )
    logits = rng.normal(size=(4, STEPS, CLASSES))
    expected = [
        by_definition(row[keep > 0], label) if keep.any() else 0
        for row, keep, label in zip(logits, counted, labels, strict=True)
    ]
    for garbage in GARBAGE:
        y_pred = np.where(counted[..., None] > 0, logits, garbage)
        y_true = padded(labels)
        y_true[3] = [9, -1]
        np.testing.assert_allclose(called(y_true, y_pred, counted), expected, rtol=1e-9)
        total, (gradient,) = value_and_gradients(
            lambda x, y=y_true: CTCLoss()(y, x, counted), y_pred
        )
        assert total == pytest.approx(np.sum(expected) / 3)
        assert np.isfinite(gradient).all() and not gradient[counted == 0].any()


def test_what_cannot_be_costs_nan_and_has_no_gradient(rng):
    labels = [*IMPOSSIBLE, [1, 2]]
    logits = rng.normal(size=(4, STEPS, CLASSES))
    found = called(padded(labels), logits)
    np.testing.assert_array_equal(np.isnan(found), [True, True, True, False])
    total, (gradient,) = value_and_gradients(
        lambda x: CTCLoss(reduction="sum")(padded(labels), x), logits
    )
    assert np.isnan(total)
    assert np.isfinite(gradient).all() and not gradient[:3].any() and gradient[3].any()
    skipping = CTCLoss(skip_impossible=True)
    assert called(padded(labels), logits, loss=skipping) == pytest.approx(
        by_definition(logits[3], [1, 2]), rel=1e-5
    )


@pytest.mark.parametrize("label", [[1, 3, 0], [1, 99, 2], [0, 1, 2], [1, -1, 2]])
def test_labels_that_are_none_cost_nan(rng, label):
    logits = rng.normal(size=(2, STEPS, CLASSES))
    for loss in (None, CTCLoss(skip_impossible=True, reduction="none")):
        found = called(np.array([label, [1, 2, 0]]), logits, loss=loss)
        np.testing.assert_array_equal(np.isnan(found), [True, False])


def test_labels_longer_than_said_cost_nan(rng):
    labels = [[1, 2], [1, 2, 1], [1]]
    logits = rng.normal(size=(3, STEPS, CLASSES))
    expected = called(padded(labels), logits)
    found = called(
        padded(labels, width=9),
        logits,
        loss=CTCLoss(max_label_length=2, reduction="none"),
    )
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])
    np.testing.assert_allclose(found[[0, 2]], expected[[0, 2]], rtol=1e-6)


def test_classes_of_probability_0_cost_nothing(rng):
    logits = rng.normal(size=(2, STEPS, CLASSES))
    without = logits.copy()
    logits[..., 2], without[..., 2] = -np.inf, -1e9
    labels = padded([[1], [1, 1]])
    found, (gradient,) = value_and_gradients(lambda x: CTCLoss()(labels, x), logits)
    expected, (other,) = value_and_gradients(lambda x: CTCLoss()(labels, x), without)
    assert np.isfinite(found) and found == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(gradient, other, atol=1e-6)


def test_nan_of_the_model_is_not_hidden(rng):
    logits = rng.normal(size=(2, STEPS, CLASSES))
    logits[0, 1, 1] = np.nan
    found = called(padded([[1], [2]]), logits)
    np.testing.assert_array_equal(np.isnan(found), [True, False])
