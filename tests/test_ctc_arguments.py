"""Odd arguments of CTC: each an error that says what is wrong, or the right number."""

import numpy as np
import pytest
from keras import ops

from keras_gated.losses import CTCLoss, check_ctc_labels, ctc_frames_needed
from tests.ctc_reference import CLASSES, STEPS, by_definition, called, padded

LABELS = [[1, 2], [1], []]


@pytest.fixture
def logits():
    return np.random.default_rng(0).normal(size=(3, STEPS, CLASSES))


def test_blank_and_longest_label_are_integers():
    for blank in (-1, 1.0, 0.5, True, None, "a", np.nan):
        with pytest.raises(ValueError, match=f"for blank; received blank={blank!r}"):
            CTCLoss(blank)
    for length in (0, 1.5, True, "a", np.nan):
        with pytest.raises(ValueError, match=f"received max_label_length={length!r}"):
            CTCLoss(max_label_length=length)
    assert CTCLoss(np.int64(1), np.int64(2)).blank == 1


@pytest.mark.parametrize("name", ["lengths", "label_lengths"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0, 1.0, 1.0], r"integers; received .*shape=\(3,\) of float64"),
        ([np.nan, 1, 1], r"integers; received .*shape=\(3,\) of float64"),
        ([True, True, True], r"integers; received .*shape=\(3,\) of bool"),
        (["a", "b", "c"], "integers; received"),
        ([1, 1], r"shape=\(2,\) of int64 for a batch of 3"),
        ([], r"shape=\(0,\) of float64 for a batch of 3"),
        (1, r"shape=\(\) of int64 for a batch of 3"),
        ([1, -1, 1], "received -1 for sequence 1"),
        ([1, 1, 99], "received 99 for sequence 2"),
        ([2**40, 1, 1], "received 1099511627776 for sequence 0"),
    ],
)
def test_lengths_that_are_none(logits, name, given, message):
    with pytest.raises(ValueError, match=f"CTCLoss needs {name} .*{message}"):
        CTCLoss()(padded(LABELS), logits, **{name: given})


@pytest.mark.parametrize("name", ["lengths", "label_lengths"])
def test_tensors_of_lengths_that_are_none_cost_nan(logits, name):
    """A compiler knows no values."""
    for wrong in (-1, 6):
        given = ops.convert_to_tensor(np.array([wrong, 1, 1], "int32"))
        found = called(padded(LABELS), logits, **{name: given})
        np.testing.assert_array_equal(np.isnan(found), [True, False, False])
    with pytest.raises(ValueError, match=f"{name} of shape .*, integers; received"):
        CTCLoss()(padded(LABELS), logits, **{name: ops.ones((3,), "float32")})


def test_no_frames_make_no_symbols(logits):
    labels = padded(LABELS)
    lengths = ops.convert_to_tensor(np.array([0, 5, 0], "int32"))
    for given in ([0, 5, 0], lengths):
        found = called(labels, logits, lengths=given)
        expected = [np.nan, by_definition(logits[1], [1]), 0]
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        skipping = CTCLoss(skip_impossible=True)
        assert called(labels, logits, loss=skipping, lengths=given) == pytest.approx(
            expected[1], rel=1e-5
        )
    # The symbols are told by their number, too.
    found = called(labels, logits, lengths=[0, 0, 5], label_lengths=[0, 1, 0])
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])


def test_labels_are_whole_numbers(logits):
    expected = called(padded(LABELS), logits)
    for dtype in ("uint8", "int64", "float32", "float64"):
        found = called(padded(LABELS).astype(dtype), logits)
        np.testing.assert_array_equal(found, expected)
    for wrong in (1.5, np.nan, np.inf, -0.5, 2.0**40):
        labels = padded(LABELS).astype("float64")
        labels[0, 0] = wrong
        for given in (labels, ops.convert_to_tensor(labels, "float32")):
            found = called(given, logits)
            np.testing.assert_array_equal(np.isnan(found), [True, False, False])
    labels = padded(LABELS).astype("int64")
    # The last 32 bits are a label.
    labels[0, 0] = 2**40 + 1
    np.testing.assert_array_equal(
        np.isnan(called(labels, logits)), [True, False, False]
    )
    for none in ([["a"]] * 3, [[None]] * 3, [[1j]] * 3):
        with pytest.raises(ValueError, match="labels of numbers of classes; received"):
            CTCLoss()(none, logits)


def test_a_batch_of_nothing():
    labels, logits = np.zeros((0, 3), int), np.zeros((0, STEPS, CLASSES))
    for more in ({}, {"lengths": []}, {"skip": True}):
        loss = CTCLoss(skip_impossible=more.pop("skip", False), reduction="none")
        assert called(labels, logits, loss=loss, **more).shape == (0,)


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1]], [np.nan], 3), "integer, 0 or more. Received lengths="),
        (([[1]], [2.5], 3), "integer, 0 or more. Received lengths="),
        (([[]], [-1], 3), "integer, 0 or more. Received lengths="),
        (([[1]], ["a"], 3), "integer, 0 or more. Received lengths="),
        (([[1]], [3], 3, -1), "num_classes=3 and blank=-1"),
        (([[1]], [3], 3, 3), "num_classes=3 and blank=3"),
        (([[1]], [3], 3, 0.5), r"num_classes=3 and blank=0\.5"),
        (([[1]], [3], 0), "num_classes=0 and blank=0"),
        (([[1]], [3], 3.5), r"num_classes=3\.5 and blank=0"),
        (([[True]], [3], 3), "Label 0 is bool"),
    ],
)
def test_arguments_of_the_check(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_ctc_labels(*arguments)


@pytest.mark.once
def test_frames_needed_are_those_of_a_list():
    check_ctc_labels([], [], 3)
    assert ctc_frames_needed([]) == 0
    for wrong in (5, [[1]], "aa", [1.0, 1.0], None):
        with pytest.raises(ValueError, match="A label is a list of integers"):
            ctc_frames_needed(wrong)
