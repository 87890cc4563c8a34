"""Windows with carried states are one long pass, in models of symbols."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gated.callbacks import GradientClipping, ResetStates
from keras_gated.datasets import StreamBatches
from keras_gated.layers import OneHot, PeepholeLSTM, SymbolHead
from keras_gated.losses import SymbolNLL
from keras_gated.metrics import MeanNLL
from keras_gated.models import sequence_model
from keras_gated.training import scan_steps

SYMBOLS, STREAMS, WINDOW, WINDOWS = 7, 3, 5, 4
RATE = 0.5

QUIET = {"callbacks": [ResetStates()], "verbose": 0}


@pytest.fixture
def streams():
    shape = (STREAMS, WINDOW * WINDOWS + 1)
    return np.random.default_rng(0).integers(0, SYMBOLS, shape)


def model_of(unit="lstm", stateful=True, steps=1, **arguments):
    model = sequence_model(
        unit,
        6,
        SymbolHead(SYMBOLS),
        SYMBOLS,
        num_layers=2,
        one_hot=True,
        stateful=stateful,
        batch_size=STREAMS if stateful else None,
        **arguments,
    )
    loss = SymbolNLL()
    model.compile(
        keras.optimizers.SGD(RATE),
        loss,
        weighted_metrics=[MeanNLL(loss)],
        steps_per_execution=1 if keras.backend.backend() == "torch" else steps,
    )
    return scan_steps(model)


def one_pass(model, streams):
    """The logits of a model without carried states, over whole streams."""
    whole = model_of(stateful=False)
    whole.set_weights(model.get_weights())
    return ops.convert_to_numpy(whole(streams[:, :-1])), whole


@pytest.mark.parametrize("steps", [1, 3])
def test_windows_are_one_pass_forwards(streams, steps):
    model = model_of(steps=steps)
    expected, whole = one_pass(model, streams)
    batches = StreamBatches(streams, WINDOW)
    # Whatever was there before.
    model.predict(batches, verbose=0)
    for _ in range(2):
        found = model.predict(batches, **QUIET)
        found = np.concatenate(np.split(np.asarray(found), WINDOWS), axis=1)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        _, nll = model.evaluate(batches, **QUIET)
        _, once = whole.evaluate(StreamBatches(streams, 20), verbose=0)
        assert nll == pytest.approx(once, abs=1e-5)


def with_states_in_sight():
    """The same layers, given states and handing them on: to train, and to hand on."""
    inputs = keras.Input((None,), dtype="int32")
    given = [keras.Input((6,)) for _ in range(4)]
    layers = [PeepholeLSTM(6, return_sequences=True, return_state=True) for _ in "12"]
    x, *states = layers[0](OneHot(SYMBOLS)(inputs), initial_state=given[:2])
    x, *more = layers[1](x, initial_state=given[2:])
    trained = keras.Model([inputs, *given], SymbolHead(SYMBOLS)(x))
    trained.compile(keras.optimizers.SGD(RATE), SymbolNLL())
    return trained, keras.Model([inputs, *given], [*states, *more])


def test_an_epoch_is_truncated_backpropagation(streams):
    """Each window starts from the numbers that the one before left, and no gradient."""
    model = model_of()
    trained, handing_on = with_states_in_sight()
    trained.set_weights(model.get_weights())
    batches = StreamBatches(streams, WINDOW)
    states = [np.zeros((STREAMS, 6), "float32")] * 4
    for inputs, targets, _ in batches:
        # Before the update, as a layer that carries them leaves them.
        after = [ops.convert_to_numpy(s).copy() for s in handing_on([inputs, *states])]
        trained.train_on_batch([inputs, *states], targets)
        states = after
    before = model.get_weights()
    model.fit(batches, shuffle=False, epochs=1, **QUIET)
    found = model.get_weights()
    for weight, expected in zip(found, trained.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, atol=1e-5)
    moved = [np.abs(new - old).max() for new, old in zip(found, before, strict=True)]
    assert min(moved) > 1e-4 and max(moved) > 1e-2


def test_epochs_and_validation_start_anew(streams):
    model = model_of()
    model.optimizer.learning_rate = 0.0
    batches = StreamBatches(streams, WINDOW)
    valid = StreamBatches(streams[:, :11], WINDOW)
    history = model.fit(
        batches, shuffle=False, epochs=2, validation_data=valid, **QUIET
    ).history
    for name, data in (("nll", batches), ("val_nll", valid)):
        expected = model.evaluate(data, **QUIET)[1]
        np.testing.assert_allclose(history[name], expected, atol=1e-6)


def test_with_clipping_and_several_steps_in_a_program(streams):
    weights = []
    for steps in (1, 4):
        keras.utils.set_random_seed(0)
        model = model_of("gru", steps=steps)
        model.fit(
            StreamBatches(streams, WINDOW),
            shuffle=False,
            epochs=2,
            callbacks=[ResetStates(), GradientClipping(1e-2)],
            verbose=0,
        )
        weights.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    np.testing.assert_allclose(*weights, atol=1e-6)


@pytest.mark.once
def test_saved_and_loaded_with_another_batch_size(streams, tmp_path):
    model = model_of()
    expected, _ = one_pass(model, streams)
    model.predict(StreamBatches(streams, WINDOW), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found = loaded.predict(StreamBatches(streams, WINDOW), verbose=0)
    found = np.concatenate(np.split(np.asarray(found), WINDOWS), axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    single = sequence_model(
        "lstm", 6, SymbolHead(7), 7, num_layers=2, one_hot=True, stateful=True,
        batch_size=1,
    )  # fmt: skip
    single.set_weights(model.get_weights())
    found = single(streams[:1, :-1])
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected[:1], atol=1e-5)


def test_fit_that_shuffles_is_refused(streams):
    with pytest.raises(Exception, match=r"asked for out of order.*shuffle=False"):
        model_of().fit(StreamBatches(streams, 1), **QUIET)
