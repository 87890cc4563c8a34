"""Windows of a stateful layer are one pass, wherever Keras runs it."""

import keras
import numpy as np
import pytest

from keras_gated.interchange import from_keras, to_keras
from keras_gated.layers import (
    GRU,
    LSTM_VARIANTS,
    LayerNormLSTM,
    LSTMVariant,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
    WeightNormalization,
)
from tests.tiers import exhaustive_elsewhere
from tests.units import normal, random_weights

BATCH, TIME, FEATURES, SIZE = 3, 6, 2, 4
WINDOWS = 3

to_numpy = keras.ops.convert_to_numpy


def model_of(layer, batch=BATCH):
    model = keras.Sequential([keras.Input(batch_shape=(batch, None, FEATURES)), layer])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    return model


def pair(make):
    """A stateful model, the same one without states, and its recurrent layer."""
    layer = make(return_sequences=True, stateful=True)
    model = model_of(layer)
    model.set_weights(random_weights(model))
    whole = model_of(make(return_sequences=True), batch=None)
    whole.set_weights(model.get_weights())
    return model, whole, layer


def in_windows(x):
    """The windows one after another, as `fit` and `predict` take them."""
    return np.concatenate(np.split(x, WINDOWS, axis=1))


def from_windows(x):
    return np.concatenate(np.split(to_numpy(x), WINDOWS), axis=1)


def assert_close(found, expected, atol=1e-5):
    np.testing.assert_allclose(to_numpy(found), to_numpy(expected), atol=atol, rtol=0)


@pytest.mark.parametrize("make", [GRU, PeepholeLSTM])
def test_windows_are_one_pass_in_every_trainer(make):
    model, whole, layer = pair(lambda **arguments: make(SIZE, **arguments))
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE, seed=5)
    expected = whole(x)
    calls = [to_numpy(model(window)) for window in np.split(x, WINDOWS, axis=1)]
    assert_close(np.concatenate(calls, axis=1), expected)
    final = [to_numpy(state) for state in layer.states]

    settings = {"batch_size": BATCH, "verbose": 0}
    layer.reset_states()
    found = model.predict(in_windows(x), **settings)
    assert_close(from_windows(found), expected)
    # Without a reset the next pass goes on.
    again = model.predict(in_windows(x), **settings)
    assert np.abs(again - found)[:BATCH].max() > 1e-3

    loss = np.mean((to_numpy(expected) - y) ** 2)
    for run in (model.evaluate, model.fit):
        layer.reset_state()
        settings |= {"shuffle": False} if run == model.fit else {}
        seen = run(in_windows(x), in_windows(y), **settings)
        seen = seen.history["loss"][0] if run == model.fit else seen
        assert seen == pytest.approx(loss, abs=1e-5)
        assert_close(np.stack(layer.states), np.stack(final))


@exhaustive_elsewhere
@pytest.mark.parametrize(
    "make",
    [
        lambda **k: SimpleRNN(SIZE, **k),
        lambda **k: LSTMVariant(SIZE, **LSTM_VARIANTS["FGR"], **k),
        lambda **k: LayerNormLSTM(SIZE, **k),
        lambda **k: PeepholeLSTM(SIZE, zoneout=(0.1, 0.5), **k),
        lambda **k: GRU(SIZE, checkpoint_steps=1, **k),
        lambda **k: GRU(SIZE, activation="softplus", **k),
        lambda **k: PeepholeLSTM(SIZE, dtype="mixed_float16", **k),
        lambda **k: WeightNoise(GRU(SIZE, dtype="mixed_bfloat16", **k)),
        lambda **k: WeightNormalization(WeightNoise(PeepholeLSTM(SIZE, **k))),
    ],
    ids=[
        "SimpleRNN",
        "many states",
        "layer normalisation",
        "zoneout",
        "checkpoints",
        "generic loop",
        "mixed_float16",
        "mixed_bfloat16 in WeightNoise",
        "in two wrappers",
    ],
)
def test_windows_of_every_kind(make):
    model, whole, _ = pair(make)
    x = normal(BATCH, TIME, FEATURES)
    found = from_windows(model.predict(in_windows(x), batch_size=BATCH, verbose=0))
    # A state in bfloat16 is rounded from one window to the next, not within one.
    atol = 4 * 2**-8 if found.dtype.name == "bfloat16" else 1e-5
    expected = whole.predict(x, verbose=0).astype("float32")
    assert_close(found.astype("float32"), expected, atol)


def test_states_move_in_training_inside_a_wrapper():
    """Where the layer runs with other weights than its own."""
    model, whole, _ = pair(lambda **k: WeightNormalization(GRU(SIZE, **k)))
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE, seed=5)
    history = model.fit(
        in_windows(x), in_windows(y), batch_size=BATCH, shuffle=False, verbose=0
    )
    loss = np.mean((to_numpy(whole(x)) - y) ** 2)
    assert history.history["loss"][0] == pytest.approx(loss, abs=1e-5)


def test_an_epoch_starts_anew_only_where_the_user_says_so():
    layer = GRU(SIZE, return_sequences=True, stateful=True)
    model = model_of(layer)
    x, y = normal(BATCH, 2, FEATURES), normal(BATCH, 2, SIZE, seed=5)
    reset = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: layer.reset_states()
    )
    for callbacks, same in (([reset], True), ([], False)):
        history = model.fit(
            x, y, epochs=2, batch_size=BATCH, verbose=0, callbacks=callbacks
        )
        first, second = history.history["loss"]
        assert (abs(first - second) < 1e-6) == same


def test_masked_steps_hold_the_states():
    x = normal(BATCH, TIME, FEATURES)
    mask = np.array([[1, 1, 1, 0, 0, 0], [0] * 6, [1, 0, 1, 1, 0, 1]], bool)
    layer = PeepholeLSTM(SIZE, return_sequences=True, stateful=True)
    layer.build((BATCH, None, FEATURES))
    whole = PeepholeLSTM(SIZE, return_sequences=True)
    whole.build((None, None, FEATURES))
    whole.set_weights(layer.get_weights())
    windows = zip(*(np.split(a, WINDOWS, axis=1) for a in (x, mask)), strict=True)
    found = [to_numpy(layer(window, mask=valid)) for window, valid in windows]
    assert_close(np.concatenate(found, axis=1), whole(x, mask=mask))


def test_given_states_go_before_carried_ones():
    layer = PeepholeLSTM(SIZE, return_state=True, stateful=True)
    x, states = normal(BATCH, 2, FEATURES), list(normal(2, BATCH, SIZE, seed=4))
    first = layer(x)
    output, *after = layer(x, initial_state=states)
    assert np.abs(to_numpy(output) - to_numpy(first[0])).max() > 1e-3
    assert_close(np.stack(layer.states), np.stack([to_numpy(s) for s in after]), 0)


def test_no_gradient_flows_from_call_to_call():
    """And what an earlier call gave is still there after training."""
    layer = GRU(SIZE, stateful=True)
    model = model_of(layer)
    x = normal(BATCH, 2, FEATURES)
    outputs = model(x)
    kept = to_numpy(outputs).copy()
    model.compile("sgd", "mse", run_eagerly=True)
    for _ in range(2):
        model.train_on_batch(x, kept)
    assert_close(outputs, kept, 0)


def test_backwards_and_in_both_directions():
    x = normal(BATCH, TIME, FEATURES)
    back = GRU(SIZE, go_backwards=True, stateful=True)
    both = keras.layers.Bidirectional(GRU(SIZE, stateful=True))
    back.build((BATCH, None, FEATURES))
    both.build((BATCH, None, FEATURES))
    both.set_weights(back.get_weights() * 2)
    whole = GRU(SIZE, go_backwards=True)
    whole.build((None, None, FEATURES))
    whole.set_weights(back.get_weights())
    first, second = x[:, :3], x[:, 3:]
    back(second), both(second)
    assert_close(back(first), whole(x))
    assert_close(both(first)[:, SIZE:], whole(x))
    both.reset_states()
    assert len(both.states) == 2 and not np.any(np.stack(both.states))


def test_states_are_variables_and_no_weights(tmp_path):
    """A model for one sequence takes the weights of one for many, by all ways."""
    model = model_of(PeepholeLSTM(SIZE, stateful=True))
    x = normal(BATCH, TIME, FEATURES)
    expected = to_numpy(model(x))
    layer = model.layers[0]
    variables = [v.path for v in model.non_trainable_variables[-2:]]
    assert [v.rsplit("/", 1)[1] for v in variables] == ["output_state", "carry_state"]
    assert len(model.weights) == 4
    one = model_of(PeepholeLSTM(SIZE, stateful=True), batch=1)
    one.set_weights(model.get_weights())
    assert_close(one(x[:1]), expected[:1])
    one.layers[0].reset_states()
    model.save_weights(tmp_path / "model.weights.h5")
    one.load_weights(tmp_path / "model.weights.h5")
    assert_close(one(x[:1]), expected[:1])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.layers[0].get_config() == layer.get_config()
    # Its states are zeros.
    assert_close(loaded(x), expected)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    assert_close(clone(x), expected)


def test_gates_are_seen_from_the_carried_states_and_leave_them():
    layer = GRU(SIZE, stateful=True)
    x = normal(BATCH, TIME, FEATURES)
    layer(x)
    (before,) = map(to_numpy, layer.states)
    before = before.copy()
    outputs = layer.gates(x)["output"]
    assert_close(layer.states[0], before, 0)
    assert_close(layer(x), outputs[:, -1])


def test_the_states_go_to_the_layer_of_keras_and_back():
    layer = PeepholeLSTM(SIZE, use_peepholes=False, stateful=True)
    x = normal(BATCH, TIME, FEATURES)
    layer(x)
    theirs = to_keras(layer)
    ours = from_keras(theirs)
    # JAX gives the memory of a layer in training away, which nobody else may have.
    assert ours.states[0].value is not theirs.states[0].value
    expected = layer(x)
    assert_close(theirs(x), expected)
    assert_close(ours(x), expected)


def test_the_batch_size_must_be_known():
    message = r"stateful=True.*\(None, None, 2\).*batch_shape="
    with pytest.raises(ValueError, match=message):
        model_of(GRU(SIZE, stateful=True), batch=None)


@pytest.mark.parametrize("given", [1, 2, 4])
def test_other_batch_sizes_are_refused(given):
    layer = GRU(SIZE, stateful=True)
    layer(normal(BATCH, TIME, FEATURES))
    (before,) = map(to_numpy, layer.states)
    before = before.copy()
    message = f"for batches of {BATCH} sequences.*a batch of {given}"
    with pytest.raises(ValueError, match=message):
        layer(normal(given, TIME, FEATURES))
    assert_close(layer.states[0], before, 0)


def test_a_last_batch_that_is_smaller_is_refused(backend):
    """By TensorFlow itself, whose graph does not know the sizes beforehand."""
    model = model_of(GRU(SIZE, stateful=True))
    kind, message = ValueError, "of 3 sequences.*a batch of 1"
    if backend == "tensorflow":
        import tensorflow as tf

        kind, message = tf.errors.InvalidArgumentError, r"\[1,2,2\].*\[3,"
    with pytest.raises(kind, match=message):
        model.predict(normal(4, 2, FEATURES), batch_size=BATCH, verbose=0)
