"""How generation behaves: chunks, batches, seeds, whole-model likelihoods, memory."""

import gc
import weakref

import keras
import numpy as np
import psutil
import pytest

from keras_gated.generation import generate
from keras_gated.layers import GRU, BernoulliHead
from keras_gated.models import sequence_model
from tests.generation import by_hand
from tests.generation.models import (
    COMPONENTS,
    EVENT,
    KEYS,
    chain,
    chord_prompt,
    chords,
    frame_prompt,
    shared,
    tower,
    waveform,
)

CHUNK_STEPS = "keras_gated.generation.generator.CHUNK_STEPS"


@pytest.fixture(params=[(chords, chord_prompt), (waveform, frame_prompt)])
def model_and_prompt(request):
    model, prompt = request.param
    return shared(model), prompt()


def test_chunks_are_not_heard(model_and_prompt, monkeypatch):
    whole = generate(*model_and_prompt, 50, seed=2)
    monkeypatch.setattr(CHUNK_STEPS, 7)
    parts = generate(*model_and_prompt, 50, seed=2)
    np.testing.assert_allclose(parts, whole, atol=1e-4)


def test_a_short_run_is_the_beginning_of_a_long_one(model_and_prompt):
    long = generate(*model_and_prompt, 300, seed=2)
    for steps in (1, 20, 256, 257):
        short = generate(*model_and_prompt, steps, seed=2)
        np.testing.assert_array_equal(short, long[:, :steps])


def test_sequences_do_not_know_each_other(model_and_prompt):
    model, prompt = model_and_prompt
    both = generate(model, prompt, 30, seed=2)
    alone = generate(model, prompt[:1], 30, seed=2)
    np.testing.assert_allclose(alone, both[:1], atol=1e-4)
    assert (both[0] != both[1]).any()


def test_one_prompt_for_several_sequences(model_and_prompt):
    model, prompt = model_and_prompt
    found = generate(model, prompt[0], 30, seed=2, batch_size=3)
    copies = generate(model, np.stack([prompt[0]] * 3), 30, seed=2)
    np.testing.assert_array_equal(found, copies)
    assert (found[0] != found[1]).any()


def test_no_prompt_is_a_step_of_zeros(model_and_prompt):
    model, prompt = model_and_prompt
    zeros = np.zeros_like(prompt[:, :1])
    found = generate(model, None, 30, seed=2, batch_size=2)
    np.testing.assert_array_equal(found, generate(model, zeros, 30, seed=2))


def test_seeds(model_and_prompt):
    first = generate(*model_and_prompt, 30, seed=2)
    assert (first == generate(*model_and_prompt, 30, seed=2)).all()
    assert (first != generate(*model_and_prompt, 30, seed=3)).any()
    fresh = generate(*model_and_prompt, 30)
    assert (fresh != generate(*model_and_prompt, 30)).any()


def relu_chords():
    """A model whose layer takes the generic loop."""
    return chords(GRU(6, activation="relu", return_sequences=True))


@pytest.mark.parametrize("make", [chords, relu_chords, tower])
def test_the_whole_model_gives_chords_the_same_logits(make):
    model, prompt, steps = shared(make), chord_prompt(), 300
    events = generate(model, prompt, steps, seed=4)
    everything = np.concatenate([prompt, events], axis=1)[:, :-1].astype("float32")
    logits = keras.ops.convert_to_numpy(model(everything))[:, prompt.shape[1] - 1 :]
    noise = by_hand.bernoulli_noise(4, 2, steps, KEYS)
    np.testing.assert_array_equal(events, logits > noise)


def test_the_whole_model_gives_samples_the_same_density():
    model, prompt, steps = shared(waveform), frame_prompt(), 300
    events = generate(model, prompt, steps, seed=4)
    samples = np.concatenate([prompt[:, -1], events.reshape(2, -1)], axis=1)
    frames = [samples[:, t * EVENT : t * EVENT + 4] for t in range(steps)]
    everything = np.concatenate([prompt[:, :-1], np.stack(frames, 1)], axis=1)
    packed = keras.ops.convert_to_numpy(model(everything.astype("float32")))
    packed = packed[:, prompt.shape[1] - 1 :]
    pick = by_hand.pick_mixture(
        by_hand.mixture_noise(4, 2, steps, COMPONENTS, EVENT), COMPONENTS
    )
    expected = np.stack([pick(packed[:, t], t) for t in range(steps)], axis=1)
    np.testing.assert_allclose(events, expected, atol=2e-4)


def test_half_precision():
    keras.config.set_dtype_policy("mixed_float16")
    model, prompt = chords(), chord_prompt()
    events = generate(model, prompt, 200, seed=4)
    everything = np.concatenate([prompt, events], axis=1)[:, :-1].astype("float32")
    logits = keras.ops.convert_to_numpy(model(everything))[:, prompt.shape[1] - 1 :]
    margin = logits - by_hand.bernoulli_noise(4, 2, 200, KEYS)
    assert ((margin > 0) == events)[np.abs(margin) > 0.1].all()
    assert (np.abs(margin) > 0.1).mean() > 0.9


def test_weights_that_change_are_seen():
    model, prompt = chords(), chord_prompt()
    generate(model, prompt, 5, seed=2)
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([0 * kernel, bias * 0 - 50])
    assert not generate(model, prompt, 5, seed=2).any()


def test_a_layer_that_is_added_is_seen():
    model = keras.Sequential([keras.Input((None, KEYS)), BernoulliHead(KEYS)])
    generate(model, steps=5)
    model.pop()
    model.add(keras.layers.Dense(3))
    model.add(BernoulliHead(KEYS, bias_initializer=keras.initializers.Constant(50)))
    assert generate(model, steps=5).all()


@pytest.mark.once
def test_while_a_model_is_trained():
    model, prompt = sequence_model("gru", 4, BernoulliHead(KEYS), KEYS), chord_prompt()
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    heard = []
    listen = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: heard.append(generate(model, prompt, 3))
    )
    x = prompt.astype("float32")
    history = model.fit(x, x, epochs=3, verbose=0, callbacks=[listen])
    assert len(heard) == 3
    assert np.isfinite(history.history["loss"]).all()


def test_a_model_is_not_kept_alive():
    model = chords()
    generate(model, steps=2)
    gone = weakref.ref(model)
    del model
    keras.backend.clear_session()
    gc.collect()
    assert gone() is None


def test_long_runs_show_how_far_they_are(capsys):
    model = shared(chords)
    generate(model, steps=300)
    assert capsys.readouterr().out == ""
    generate(model, steps=300, verbose=1)
    assert "300/300" in capsys.readouterr().out


@pytest.mark.once
@pytest.mark.exhaustive
def test_memory_does_not_grow():
    model = chain(
        GRU(4, return_sequences=True), BernoulliHead(64), input_size=64, scale=0.1
    )
    generate(model, steps=1000)
    process, steps = psutil.Process(), 100_000
    before = process.memory_info().rss
    events = generate(model, steps=steps, seed=1, verbose=0)
    grown = process.memory_info().rss - before
    noise = events.size * np.dtype("float32").itemsize
    assert grown - events.nbytes < noise / 3
