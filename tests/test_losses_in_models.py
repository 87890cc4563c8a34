import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.layers.bernoulli_head import BernoulliHead
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.losses import BernoulliNLL, MixtureNLL
from tests.random_steps import (
    BATCH,
    COMPONENTS,
    EVENT,
    LOSSES,
    TIME,
    per_step,
    predictions,
    right_padded,
    targets,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class StopMask(keras.layers.Layer):
    """Hands on its inputs without their mask, as the layers of Keras 3.16 do."""

    def call(self, inputs):
        return 1.0 * inputs

    def compute_mask(self, inputs, previous_mask):
        return None


def two_headed_model(stop_mask=True):
    outer = keras.Input((None, 2))
    hidden = keras.layers.Masking()(outer)
    hidden = keras.layers.SimpleRNN(4, return_sequences=True)(hidden)
    hidden = StopMask()(hidden) if stop_mask else hidden
    heads = [BernoulliHead(EVENT), MDNHead(COMPONENTS, EVENT)]
    return keras.Model(outer, [head(hidden) for head in heads])


@pytest.mark.parametrize("stop_mask", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_keras_masks_are_ignored(rng, stop_mask, weighted):
    inputs, y_true, valid = rng.normal(size=(BATCH, TIME, 2)), targets(rng), None
    inputs[right_padded(rng) == 0] = 0
    if weighted:
        valid = np.ones((BATCH, TIME))
        valid[:, 0] = 0
    model = two_headed_model(stop_mask)
    model.compile(loss=LOSSES)
    expected = []
    for loss, y_pred in zip(LOSSES, model(inputs.astype("float32")), strict=True):
        assert (getattr(y_pred, "_keras_mask", None) is None) == stop_mask
        steps = per_step(loss, y_true, y_pred)
        expected.append(np.average(steps, weights=valid))
        called = ops.convert_to_numpy(loss(y_true, y_pred, valid))
        assert called == pytest.approx(expected[-1], rel=1e-5)
    weights = None if valid is None else [valid] * 2
    evaluated = model.evaluate(inputs, [y_true] * 2, sample_weight=weights, verbose=0)
    assert evaluated[1:3] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_half_precision_predictions_are_computed_in_float32(rng, loss, half):
    y_true, y_pred = targets(rng), ops.cast(predictions(loss, rng), half)
    value = loss(y_true, y_pred)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    assert float(value) == float(loss(y_true, ops.cast(y_pred, "float32")))


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [
        (None, "float32"),
        ("float16", "float32"),
        ("bfloat16", "float32"),
        ("mixed_float16", "float32"),
        ("float64", "float64"),
    ],
)
def test_loss_dtype_is_never_half(dtype, computed):
    assert BernoulliNLL(dtype=dtype).dtype == computed
    assert MixtureNLL(dtype=dtype).dtype == computed


def test_half_precision_floatx():
    keras.config.set_floatx("float16")
    assert BernoulliNLL().dtype == "float32"


def fit_data(rng):
    inputs = rng.normal(size=(BATCH, TIME, 2)).astype("float32")
    valid = right_padded(rng)
    y_true = np.where(valid[..., None] == 1, targets(rng), np.nan)
    return inputs, y_true, valid


@pytest.mark.parametrize(
    ("policy", "masked"),
    [("float32", True), ("mixed_float16", False), ("mixed_bfloat16", False)],
)
def test_fit(rng, policy, masked):
    keras.config.set_dtype_policy(policy)
    inputs, y_true, valid = fit_data(rng)
    if masked:
        inputs[valid == 0] = 0
    model = two_headed_model(stop_mask=not masked)
    model.compile(keras.optimizers.Adam(0.03), loss=LOSSES)
    scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")
    history = model.fit(
        inputs, [y_true] * 2, sample_weight=[valid] * 2, epochs=12, verbose=0
    ).history
    names = [name for name in history if name.endswith("loss")]
    assert len(names) == 3
    for name in names:
        assert np.all(np.isfinite(history[name]))
        assert history[name][-1] < history[name][0]


@pytest.mark.exhaustive
@pytest.mark.filterwarnings(
    "ignore:`torch.jit.script_method` is deprecated:DeprecationWarning",
    "ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning",
)
def test_jit_compiled_training_is_the_eager_one(rng):
    inputs, y_true, valid = fit_data(rng)
    outer = keras.Input((None, 2))
    heads = [BernoulliHead(EVENT)(outer), MDNHead(COMPONENTS, EVENT)(outer)]
    model = keras.Model(outer, heads)
    start = model.get_weights()
    losses = {}
    for jit_compile in (False, True):
        model.set_weights(start)
        model.compile("sgd", loss=LOSSES, jit_compile=jit_compile)
        losses[jit_compile] = model.train_on_batch(inputs, [y_true] * 2, [valid] * 2)
    np.testing.assert_allclose(losses[True], losses[False], rtol=1e-5)
    assert np.all(np.isfinite(losses[True]))


@pytest.mark.parametrize("loss", LOSSES, ids=["bernoulli", "mixture"])
def test_xla_with_unknown_batch_and_time(rng, backend, loss):
    if backend != "tensorflow":
        pytest.skip("only TensorFlow traces unknown dimensions")
    import tensorflow as tf

    y_true, y_pred, valid = targets(rng), predictions(loss, rng), right_padded(rng)
    unknown = [
        tf.TensorSpec((None, None, EVENT)),
        tf.TensorSpec((None, None, y_pred.shape[-1])),
        tf.TensorSpec((None, None)),
    ]
    traced = tf.function(loss.__call__, input_signature=unknown, jit_compile=True)
    expected = pytest.approx(float(loss(y_true, y_pred, valid)), rel=1e-5)
    assert float(traced(y_true, y_pred, valid)) == expected


def test_saved_and_loaded(rng, tmp_path):
    inputs, y_true, valid = fit_data(rng)
    model = two_headed_model()
    model.compile("sgd", loss=LOSSES)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(
        tmp_path / "model.keras", {"StopMask": StopMask}, safe_mode=True
    )
    assert [type(loss) for loss in loaded.loss] == [BernoulliNLL, MixtureNLL]
    data = {"x": inputs, "y": [y_true] * 2, "sample_weight": [valid] * 2}
    assert loaded.evaluate(**data, verbose=0) == model.evaluate(**data, verbose=0)


@pytest.mark.parametrize(
    "loss",
    [
        BernoulliNLL(reduction="sum", name="notes", dtype="float64"),
        MixtureNLL(components=3, reduction="sum", name="frames", dtype="float64"),
    ],
    ids=["bernoulli", "mixture"],
)
def test_config_is_complete(loss):
    config = keras.saving.serialize_keras_object(loss)
    copy = keras.saving.deserialize_keras_object(config)
    assert type(copy) is type(loss)
    assert copy.get_config() == loss.get_config()
    assert copy.get_config()["dtype"] == "float64"
