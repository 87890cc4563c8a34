"""Labels that CTC can learn, and those that it cannot."""

import re

import numpy as np
import pytest

from keras_gated.losses import check_ctc_labels, ctc_frames_needed
from tests.ctc_reference import (
    CLASSES,
    IMPOSSIBLE,
    LABELS,
    STEPS,
    by_forward_sums,
)


@pytest.mark.once
def test_frames_that_a_label_needs():
    for label in [*LABELS, *IMPOSSIBLE]:
        needed = ctc_frames_needed(label)
        assert np.isfinite(by_forward_sums(np.zeros((max(needed, 1), 3)), label))
        if needed > 1:
            assert np.isinf(by_forward_sums(np.zeros((needed - 1, 3)), label))


@pytest.mark.once
@pytest.mark.parametrize(
    ("labels", "lengths", "message"),
    [
        ([[1], [2, 2, 1]], [1, 3], r"1 of 2 .* Label 1 needs 4 frames, .* has 3\.$"),
        ([[1, 3]], [9], r"Label 0 has 3, which is no symbol: those are 0 to 2 but"),
        ([[1, -1]], [9], "Label 0 has -1, which is no symbol"),
        ([[1, 0]], [9], "Label 0 has 0, which is no symbol"),
        ([[1.5]], [9], r"Label 0 is float64 of shape \(1,\), not a list of integers"),
        ([[[1]]], [9], r"Label 0 is int64 of shape \(1, 1\), not a list of integers"),
        ([[1]], [9, 9], r"Received 1 labels and lengths of shape \(2,\)"),
        ([[1]] * 9, [0] * 9, r"9 of 9 labels .* Label 4 .* And 4 more\.$"),
    ],
)
def test_labels_that_cannot_be_learnt_are_named(labels, lengths, message):
    with pytest.raises(ValueError, match=message):
        check_ctc_labels(labels, lengths, num_classes=CLASSES)


@pytest.mark.once
def test_labels_that_can_be_learnt_pass():
    check_ctc_labels(LABELS, [STEPS] * len(LABELS), CLASSES)
    check_ctc_labels([np.array([0, 1], "uint8")], np.array([2]), 3, blank=2)


@pytest.mark.once
@pytest.mark.parametrize("labels", [None, 3, np.array(3)])
def test_what_is_no_list_of_labels(labels):
    message = f"needs a list of labels. Received {re.escape(repr(labels))}"
    with pytest.raises(ValueError, match=message):
        check_ctc_labels(labels, [9], CLASSES)
