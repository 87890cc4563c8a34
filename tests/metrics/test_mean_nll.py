import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.losses import BernoulliNLL, MixtureNLL
from keras_gated.metrics import MeanNLL

HEADS = {
    "bernoulli": (lambda: BernoulliHead(2), BernoulliNLL),
    "mixture": (lambda: MDNHead(3, 2), MixtureNLL),
}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def padded_batch(rng, lengths, input_size=3, time=5):
    """Inputs, targets that are NaN in the padding, and weights."""
    shape = (len(lengths), time)
    valid = (np.arange(time) < np.array(lengths)[:, None]).astype("float32")
    inputs = rng.normal(size=(*shape, input_size)).astype("float32")
    events = rng.integers(0, 2, size=(*shape, 2)).astype("float32")
    return inputs, np.where(valid[..., None] == 1, events, np.nan), valid


def small_model(head, loss):
    model = keras.Sequential([keras.Input((None, 3)), head])
    model.compile("sgd", loss=loss, weighted_metrics=[MeanNLL(loss)])
    return model


def result(metric):
    return float(ops.convert_to_numpy(metric.result()))


@pytest.mark.parametrize("name", HEADS)
def test_pools_steps_over_batches(rng, name):
    """One batch of 6 steps, one of 2: the pooled mean is not the mean of means."""
    head, loss_class = HEADS[name]
    head, loss, metric = head(), loss_class(), MeanNLL(loss_class())
    totals, counts = [], []
    for lengths in ([5, 1], [1, 1]):
        inputs, y_true, valid = padded_batch(rng, lengths)
        y_pred = ops.convert_to_numpy(head(inputs))
        kept = valid == 1
        steps = ops.convert_to_numpy(loss.call(ops.array(y_true), ops.array(y_pred)))
        totals.append(steps[kept].sum())
        counts.append(kept.sum())
        metric.update_state(y_true, y_pred, valid)
    pooled = sum(totals) / sum(counts)
    assert result(metric) == pytest.approx(pooled, rel=1e-5)
    mean_of_means = np.mean([t / c for t, c in zip(totals, counts, strict=True)])
    assert abs(mean_of_means - pooled) > 1e-3


@pytest.mark.parametrize("name", HEADS)
def test_in_fit_and_evaluate(rng, name):
    head, loss_class = HEADS[name]
    model = small_model(head(), loss_class())
    inputs, y_true, valid = padded_batch(rng, [5, 1, 1, 1])
    data = {"x": inputs, "y": y_true, "sample_weight": valid, "verbose": 0}
    history = model.fit(**data, batch_size=2, epochs=2, shuffle=False).history
    assert history["nll"][1] < history["nll"][0]

    evaluated = model.evaluate(**data, batch_size=2, return_dict=True)
    y_pred = model.predict(inputs, verbose=0)
    pooled = ops.convert_to_numpy(loss_class()(y_true, y_pred, valid))
    assert evaluated["nll"] == pytest.approx(pooled, rel=1e-5)
    assert abs(evaluated["loss"] - evaluated["nll"]) > 1e-4


def test_without_weights_every_step_counts(rng):
    loss = BernoulliNLL()
    metric = MeanNLL(loss)
    y_true, y_pred = np.zeros((2, 4, 3)), rng.normal(size=(2, 4, 3))
    metric.update_state(y_true, y_pred)
    assert result(metric) == pytest.approx(float(loss(y_true, y_pred)), rel=1e-6)


def test_sequence_weights_count_all_their_steps(rng):
    y_true, y_pred = np.zeros((2, 4, 3)), rng.normal(size=(2, 4, 3))
    metrics = [MeanNLL(BernoulliNLL()) for _ in range(3)]
    for metric, weight in zip(
        metrics, ([2, 1], [[2], [1]], [[2] * 4, [1] * 4]), strict=True
    ):
        metric.update_state(y_true, y_pred, np.array(weight))
        assert float(ops.convert_to_numpy(metric.weight)) == 12
    assert len({result(metric) for metric in metrics}) == 1


def test_keras_masks_are_ignored(rng):
    inputs = rng.normal(size=(2, 5, 3)).astype("float32")
    inputs[:, 2:] = 0
    y_true = np.zeros((2, 5, 2))
    logits = BernoulliHead(2)(keras.layers.Masking()(inputs))
    assert getattr(logits, "_keras_mask", None) is not None
    metric = MeanNLL(BernoulliNLL())
    metric.update_state(y_true, logits)
    assert float(ops.convert_to_numpy(metric.weight)) == 10


def test_reset_and_empty():
    metric = MeanNLL(BernoulliNLL())
    assert result(metric) == 0
    zeros = np.zeros((1, 2, 3))
    metric.update_state(zeros, zeros)
    assert result(metric) == pytest.approx(3 * np.log(2), rel=1e-6)
    metric.update_state(zeros, np.full_like(zeros, np.nan), np.zeros((1, 2)))
    assert result(metric) == pytest.approx(3 * np.log(2), rel=1e-6)
    metric.reset_state()
    assert result(metric) == 0


@pytest.mark.parametrize("dtype", [None, "float16", "mixed_bfloat16"])
def test_sums_are_never_half_precision(dtype):
    assert MeanNLL(BernoulliNLL(), dtype=dtype).dtype == "float32"


def test_float64_sums(float64):
    metric = MeanNLL(BernoulliNLL())
    zeros = np.zeros((1, 2, 3))
    metric.update_state(zeros, zeros)
    assert metric.dtype == "float64"
    assert float(ops.convert_to_numpy(metric.nats)) == pytest.approx(
        6 * np.log(2), rel=1e-14
    )


@pytest.mark.parametrize("name", HEADS)
def test_saved_and_loaded(rng, name, tmp_path):
    head, loss_class = HEADS[name]
    model = small_model(head(), loss_class())
    inputs, y_true, valid = padded_batch(rng, [5, 1, 3])
    data = {"x": inputs, "y": y_true, "sample_weight": valid, "verbose": 0}
    before = model.evaluate(**data, return_dict=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.evaluate(**data, return_dict=True) == before
    assert "nll" in before


def test_config_is_complete(float64):
    metric = MeanNLL(MixtureNLL(components=3), name="frames", dtype="float32")
    config = keras.saving.serialize_keras_object(metric)
    copy = keras.saving.deserialize_keras_object(config)
    assert copy.get_config() == metric.get_config()
    assert copy.loss.components == 3 and copy.dtype == "float32"


def test_refuses_other_losses():
    with pytest.raises(ValueError, match=r"needs a loss such as BernoulliNLL\(\)"):
        MeanNLL("binary_crossentropy")


def test_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"shape=\(1, 2, 3\).*shape=\(1, 2, 4\)"):
        MeanNLL(BernoulliNLL()).update_state(np.zeros((1, 2, 3)), np.zeros((1, 2, 4)))
