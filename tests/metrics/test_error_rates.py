"""Error rates beside plain Python, on every backend."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.decoding import collapse, edit_distance
from keras_gated.layers import GRU, SymbolHead
from keras_gated.losses import CTCLoss
from keras_gated.metrics import FrameErrorRate, LabelErrorRate

STEPS, CLASSES = 7, 4


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def result(metric):
    return float(ops.convert_to_numpy(metric.result()))


def batch(rng, size=6):
    """Labels, logits, and weights that leave out frames anywhere."""
    labels = rng.integers(-1, CLASSES, (size, 5))
    logits = rng.normal(size=(size, STEPS, CLASSES))
    return labels, logits, rng.integers(0, 3, (size, STEPS)).astype("float32")


def label_errors(labels, logits, weight, blank):
    """Weighted edits and symbols."""
    edits = symbols = 0.0
    for label, row, w in zip(labels, logits, weight, strict=True):
        found = collapse(row.argmax(-1)[w > 0], blank)
        if blank is None:
            wanted = collapse(label[w > 0], None)
        else:
            wanted = [symbol for symbol in label.tolist() if symbol not in (-1, blank)]
        edits += w.max() * edit_distance(found, wanted)
        symbols += w.max() * len(wanted)
    return edits, symbols


@pytest.mark.parametrize("blank", [0, 2, None])
def test_label_error_rate_pools_batches(rng, blank):
    metric = LabelErrorRate(blank)
    edits = symbols = 0.0
    for _ in range(3):
        labels, logits, weight = batch(rng)
        if blank is None:
            labels = rng.integers(0, CLASSES, (len(labels), STEPS))
        weight[0] = 0
        counts = label_errors(labels, logits, weight, blank)
        edits, symbols = edits + counts[0], symbols + counts[1]
        spoilt = np.where(weight[..., None] > 0, logits, 1e30)
        metric.update_state(labels, spoilt, weight)
    assert edits != symbols and result(metric) == pytest.approx(edits / symbols)
    metric.reset_state()
    assert result(metric) == 0


def test_label_error_rate_of_sequence_weights(rng):
    labels, logits, _ = batch(rng)
    weight = np.array([0.0, 1, 2, 1, 1, 3])
    counts = label_errors(labels, logits, weight[:, None] * np.ones(STEPS), 0)
    metric = LabelErrorRate()
    metric.update_state(labels[..., None], logits, weight)
    assert result(metric) == pytest.approx(counts[0] / counts[1])


def test_frame_error_rate_pools_batches(rng):
    metric, wrong, frames = FrameErrorRate(), 0.0, 0.0
    for size in (1, 6):
        _, logits, weight = batch(rng, size)
        classes = rng.integers(0, CLASSES, (size, STEPS))
        wrong += ((logits.argmax(-1) != classes) * weight).sum()
        frames += weight.sum()
        metric.update_state(classes[..., None], logits, weight)
    assert 0 < wrong < frames and result(metric) == pytest.approx(wrong / frames)
    metric = FrameErrorRate()
    metric.update_state(classes, logits)
    assert result(metric) == pytest.approx((logits.argmax(-1) != classes).mean())


def test_in_evaluate(rng):
    labels, _, weight = batch(rng)
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.Dense(CLASSES)])
    loss = CTCLoss(skip_impossible=True)
    model.compile("sgd", loss, weighted_metrics=[LabelErrorRate()])
    inputs = rng.normal(size=(6, STEPS, 3)).astype("float32")
    found = model.evaluate(
        inputs, labels, sample_weight=weight, batch_size=4, verbose=0, return_dict=True
    )
    edits, symbols = label_errors(labels, model.predict(inputs, verbose=0), weight, 0)
    assert found["label_error_rate"] == pytest.approx(edits / symbols)


def test_half_precision_counts_exactly():
    metric = FrameErrorRate(dtype="float16")
    logits = np.zeros((1, 5000, 2))
    metric.update_state(np.ones((1, 5000)), logits)
    assert result(metric) == 1 and float(metric.count) == 5000


@pytest.mark.parametrize("metric", [FrameErrorRate(), LabelErrorRate(None)])
@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ((2, 3), (2, 4, 5)),
        ((2, 3, 2), (2, 3, 5)),
        ((2, 3), (2, 3)),
        ((2, 0), (2, 0, 5)),
    ],
)
def test_shapes_that_do_not_fit(metric, y_true, y_pred):
    with pytest.raises(ValueError, match=r"Rate needs y_true \(batch, time\), the num"):
        metric.update_state(np.zeros(y_true), np.zeros(y_pred))


def test_symbols_where_there_should_be_none():
    metric = LabelErrorRate()
    metric.update_state(np.zeros((1, 2)), np.eye(CLASSES)[[[1, 2, 0]]])
    assert result(metric) == np.inf
    metric.reset_state()
    assert result(metric) == 0


@pytest.mark.once
def test_bad_arguments():
    with pytest.raises(ValueError, match=r"y_pred\.shape=\(2, 9, 4\) and blank=4"):
        LabelErrorRate(4).update_state(np.zeros((2, 4)), np.zeros((2, 9, 4)))
    for blank in (-1, 1.0, True, "a"):
        with pytest.raises(ValueError, match=f"or None; received blank={blank!r}"):
            LabelErrorRate(blank)
    with pytest.raises(ValueError, match=r"LabelErrorRate needs y_true \(batch, label"):
        LabelErrorRate().update_state(np.zeros((3, 4)), np.zeros((2, 9, 4)))
    with pytest.raises(ValueError, match="FrameErrorRate needs a sample_weight of"):
        FrameErrorRate().update_state(np.zeros((2, 4)), np.zeros((2, 4, 3)), np.ones(3))


@pytest.mark.parametrize("metric", [FrameErrorRate("f"), LabelErrorRate(None, "l")])
def test_config(metric):
    config = keras.saving.serialize_keras_object(metric)
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(metric) and again.get_config() == metric.get_config()


@pytest.mark.parametrize("blank", [0, None])
def test_masked_frames_are_gone(rng, blank):
    """A mask that layers hand on, alone and with weights, anywhere in a sequence."""
    labels, logits, weight = batch(rng)
    classes = rng.integers(0, CLASSES, (len(labels), STEPS))
    mask = rng.integers(0, 2, (len(labels), STEPS)).astype(bool)
    mask[0], mask[1] = False, True
    inputs = np.where(mask[..., None], logits, 0).astype("float32")
    masked = keras.layers.Activation("linear")(keras.layers.Masking()(inputs))
    assert getattr(masked, "_keras_mask", None) is not None
    if blank is None:
        labels = classes
    for given in (np.ones_like(weight), weight, np.arange(6.0)):
        counted = mask * np.reshape(given, (len(mask), -1))
        edits, symbols = label_errors(labels, logits, counted, blank)
        metric = LabelErrorRate(blank)
        metric.update_state(labels, masked, given)
        assert result(metric) == pytest.approx(edits / symbols)
        frames = FrameErrorRate()
        frames.update_state(classes, masked, given)
        wrong = logits.argmax(-1) != classes
        expected = np.average(wrong, weights=counted) if counted.any() else 0
        assert result(frames) == pytest.approx(expected)


def test_masks_in_evaluate(rng):
    """Of a model that begins with `Masking`, in both lists of metrics."""
    lengths = [7, 4, 2, 5]
    labels = rng.integers(1, CLASSES, (4, 2))
    inputs = rng.normal(size=(4, STEPS, 3)).astype("float32")
    for row, length in zip(inputs, lengths, strict=True):
        row[length:] = 0
    model = keras.Sequential(
        [
            keras.Input((None, 3)),
            keras.layers.Masking(),
            GRU(4, return_sequences=True),
            SymbolHead(CLASSES),
        ]
    )
    model.compile(
        "sgd",
        CTCLoss(skip_impossible=True),
        metrics=[LabelErrorRate(name="one")],
        weighted_metrics=[LabelErrorRate(name="other")],
    )
    found = model.evaluate(inputs, labels, verbose=0, return_dict=True)
    weight = np.arange(STEPS) < np.array(lengths)[:, None]
    logits = model.predict(inputs, verbose=0)
    edits, symbols = label_errors(labels, logits, weight.astype(float), 0)
    assert found["one"] == found["other"] == pytest.approx(edits / symbols)


def test_a_batch_of_nothing():
    for blank in (0, None):
        metric = LabelErrorRate(blank)
        metric.update_state(np.zeros((0, 3)), np.zeros((0, 3, CLASSES)))
        assert result(metric) == 0
