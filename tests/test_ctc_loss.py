"""CTC beside the sum over all paths, and beside PyTorch."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.losses import CTCLoss, check_ctc_labels, ctc_frames_needed
from keras_gated.metrics import MeanNLL
from tests import needs
from tests.ctc_reference import by_definition, by_forward_sums, reads_as
from tests.gradients import finite_differences, value_and_gradients

STEPS, CLASSES = 5, 3
LABELS = [[], [1], [2], [1, 2], [1, 1], [2, 2, 1], [1, 2, 1, 2, 1], [1, 1, 1]]
"""None, one, equal neighbours, and as many as there is room for."""

IMPOSSIBLE = [[1, 1, 1, 1], [1, 2, 1, 2, 2], [1, 2, 1, 2, 1, 2]]
GARBAGE = [np.nan, np.inf, -np.inf, 1e38]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


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


def test_lengths_and_weights_and_masks_say_the_same(rng):
    labels, lengths = padded([[1, 1], [2, 1], [1, 0]]), [3, 4, 5]
    logits = rng.normal(size=(3, STEPS, CLASSES)).astype("float32")
    expected = called(labels, logits, prefix(lengths))
    np.testing.assert_array_equal(called(labels, logits, lengths=lengths), expected)
    masked = ops.convert_to_tensor(logits)
    inputs = np.where(prefix(lengths)[..., None] > 0, logits, 0)
    masked = keras.layers.Activation("linear")(keras.layers.Masking()(inputs))
    assert getattr(masked, "_keras_mask", None) is not None
    np.testing.assert_array_equal(called(labels, masked), expected)
    np.testing.assert_array_equal(
        called(labels, masked, np.array([1.0, 2.0, 0.0])), expected * [1, 2, 0]
    )


def test_weights_of_sequences(rng):
    labels = padded([[1], [2], [1, 2]])
    logits = rng.normal(size=(3, STEPS, CLASSES))
    nats, weight = called(labels, logits), np.array([1.0, 3.0, 0.0])
    for given in (weight, weight[:, None], weight[:, None] * np.ones(STEPS)):
        assert called(labels, logits, given, loss=CTCLoss()) == pytest.approx(
            np.average(nats, weights=weight), rel=1e-5
        )
    metric = MeanNLL(CTCLoss())
    metric.update_state(labels[:1], logits[:1])
    metric.update_state(labels[1:], logits[1:])
    found = float(ops.convert_to_numpy(metric.result()))
    assert found == pytest.approx(nats.mean(), rel=1e-5)


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


def test_nan_of_the_model_is_not_hidden(rng):
    logits = rng.normal(size=(2, STEPS, CLASSES))
    logits[0, 1, 1] = np.nan
    found = called(padded([[1], [2]]), logits)
    np.testing.assert_array_equal(np.isnan(found), [True, False])


def test_half_precision_is_computed_in_float32(rng):
    logits = rng.normal(size=(2, STEPS, CLASSES)).astype("float16")
    labels = padded([[1], [2, 1]])
    found = called(labels, ops.convert_to_tensor(logits))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, called(labels, logits.astype("float32")))


def test_in_fit(rng):
    """A model learns where symbols are from labels that do not say it."""
    inputs = rng.integers(0, CLASSES, (32, 12))
    labels = [reads_as(row) for row in inputs]
    check_ctc_labels(labels, [12] * 32, CLASSES)
    weight = np.ones((32, 15), "float32")
    weight[:, 12:] = 0
    inputs = np.pad(inputs, ((0, 0), (0, 3)), constant_values=1)
    model = keras.Sequential(
        [keras.Input((15,)), keras.layers.Embedding(CLASSES, CLASSES)]
    )
    loss = CTCLoss(max_label_length=12)
    model.compile("adam", loss, weighted_metrics=[MeanNLL(loss)])
    model.optimizer.learning_rate = 0.3
    data = {"x": inputs, "y": padded(labels, width=14), "sample_weight": weight}
    history = model.fit(**data, epochs=12, batch_size=16, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 5
    # Both batches have as many sequences.
    assert history["nll"][-1] == pytest.approx(history["loss"][-1], rel=1e-4)
    best = model.predict(inputs, verbose=0).argmax(-1)[:, :12]
    assert [reads_as(row) for row in best] == labels


def test_xla_with_unknown_dimensions(rng, backend):
    if backend != "tensorflow":
        pytest.skip("only TensorFlow traces unknown dimensions")
    import tensorflow as tf

    labels, logits, weight = padded([[1, 1], [2]]), np.zeros((2, 5, 3)), np.ones((2, 5))
    unknown = [
        tf.TensorSpec((None, None), "int32"),
        tf.TensorSpec((None, None, CLASSES)),
        tf.TensorSpec((None, None)),
    ]
    loss = CTCLoss()
    expected = pytest.approx(float(loss(labels, logits, weight)), rel=1e-5)
    for compiled in (False, True):
        traced = tf.function(
            loss.__call__, input_signature=unknown, jit_compile=compiled
        )
        given = [labels, logits.astype("float32"), weight.astype("float32")]
        assert float(traced(*given)) == expected


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ((2,), (2, 5, 3)),
        ((2, 4, 2), (2, 5, 3)),
        ((3, 4), (2, 5, 3)),
        ((2, 4), (2, 5)),
        ((2, 0), (2, 5, 3)),
        ((2, 4), (2, 0, 3)),
    ],
)
def test_shapes_that_do_not_fit(y_true, y_pred):
    with pytest.raises(ValueError, match=r"CTCLoss needs y_true \(batch, label\)"):
        CTCLoss()(np.zeros(y_true), np.zeros(y_pred))


def test_bad_arguments():
    with pytest.raises(ValueError, match="received blank=-1"):
        CTCLoss(-1)
    with pytest.raises(ValueError, match="received max_label_length=0"):
        CTCLoss(max_label_length=0)
    labels, logits = np.ones((2, 1)), np.zeros((2, 5, 3))
    with pytest.raises(ValueError, match="with class 3 for the blank; received"):
        CTCLoss(3)(labels, logits)
    with pytest.raises(ValueError, match=r"lengths of shape \(batch,\); received"):
        CTCLoss()(labels, logits, lengths=[5])
    with pytest.raises(ValueError, match=r"label_lengths of shape \(batch,\); rec"):
        CTCLoss()(labels, logits, label_lengths=[[1, 1]])
    with pytest.raises(ValueError, match="needs a sample_weight of shape"):
        CTCLoss()(labels, logits, np.ones((2, 4)))


def test_config():
    loss = CTCLoss(2, 7, True, reduction="sum", name="phones", dtype="float64")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is CTCLoss and again.get_config() == loss.get_config()
    assert (again.blank, again.max_label_length, again.skip_impossible) == (2, 7, True)


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
