"""CTC as models meet it: weights, masks, compilers, files and wrong shapes."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.losses import CTCLoss, check_ctc_labels
from keras_gated.metrics import MeanNLL
from tests.ctc_reference import (
    CLASSES,
    STEPS,
    called,
    padded,
    prefix,
    reads_as,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


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
    with pytest.raises(ValueError, match="integer for max_label_length, or None; rec"):
        CTCLoss(max_label_length=0)
    labels, logits = np.ones((2, 1)), np.zeros((2, 5, 3))
    with pytest.raises(ValueError, match="with class 3 for the blank; received"):
        CTCLoss(3)(labels, logits)
    with pytest.raises(ValueError, match=r"lengths of shape \(batch,\), integers; rec"):
        CTCLoss()(labels, logits, lengths=[5])
    with pytest.raises(ValueError, match=r"label_lengths of shape \(batch,\), integ"):
        CTCLoss()(labels, logits, label_lengths=[[1, 1]])
    with pytest.raises(ValueError, match="needs a sample_weight of shape"):
        CTCLoss()(labels, logits, np.ones((2, 4)))


def test_config():
    loss = CTCLoss(2, 7, True, reduction="sum", name="phones", dtype="float64")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is CTCLoss and again.get_config() == loss.get_config()
    assert (again.blank, again.max_label_length, again.skip_impossible) == (2, 7, True)


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
