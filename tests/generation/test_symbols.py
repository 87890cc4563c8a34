"""Symbols drawn one after the other: what is drawn, by which probabilities."""

from itertools import islice

import keras
import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated.generation import generate, generate_symbols
from keras_gated.generation._symbol_sampling import SymbolSampler
from keras_gated.layers import (
    GRU,
    MGU,
    BernoulliHead,
    OneHot,
    PeepholeLSTM,
    SimpleRNN,
    SymbolHead,
    WeightNoise,
)
from keras_gated.models import sequence_model
from tests.units import random_weights

SYMBOLS = 5
PROMPT = np.array([3, 0, 4])


def of_symbols(*layers, first=None):
    first = first or OneHot(SYMBOLS)
    head = SymbolHead(SYMBOLS, name="head")
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Sequential([inputs, first, *layers, head], name="writer")
    model.set_weights(random_weights(model, scale=0.9))
    return model


def recurrent(make, **arguments):
    return make(6, return_sequences=True, **arguments)


def drawn(model, steps=40, prompt=PROMPT, **arguments):
    return list(generate_symbols(model, prompt, steps, **arguments))


def logits_of(model, symbols):
    """What the model puts out, as a whole, after each symbol."""
    return ops.convert_to_numpy(model(np.asarray(symbols)[None]))[0]


def by_hand(logits, uniform, temperature=1.0, top_p=1.0):
    """One symbol, by the definition."""
    p = special.softmax(logits.astype("float64") / temperature)
    order = sorted(range(len(p)), key=lambda s: (-p[s], s))
    if top_p < 1:
        count = 1 + next(n for n in range(len(p)) if p[order[: n + 1]].sum() >= top_p)
        order = order[:count]
    else:
        order = range(len(p))
    share = np.cumsum(p[list(order)])
    return order[int(np.searchsorted(share, uniform * share[-1], side="right"))]


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [recurrent(PeepholeLSTM)],
        lambda: [recurrent(GRU), keras.layers.Dropout(0.5), recurrent(SimpleRNN)],
        # No C++ loops, and a layer of Keras in between.
        lambda: [recurrent(MGU), keras.layers.Dense(4, "tanh"), recurrent(MGU)],
        lambda: [WeightNoise(recurrent(GRU, reset_after=True), 0.5)],
    ],
    ids=["lstm", "two", "in Keras", "wrapped"],
)
@pytest.mark.parametrize("choice", [{}, {"temperature": 0.6, "top_p": 0.8}])
def test_each_symbol_is_drawn_given_all_before_it(layers, choice):
    check_draws(of_symbols(*layers()), choice)


def test_in_double_precision(float64):
    check_draws(of_symbols(recurrent(PeepholeLSTM)), {"top_p": 0.8})


def check_draws(model, choice):
    found = drawn(model, seed=3, **choice)
    assert all(type(symbol) is int for symbol in found)
    (sequence,) = np.random.SeedSequence(3).spawn(1)
    uniform = np.random.default_rng(sequence).random(len(found))
    logits = logits_of(model, [*PROMPT, *found])[len(PROMPT) - 1 :]
    expected = [
        by_hand(row, u, **choice) for row, u in zip(logits, uniform, strict=False)
    ]
    assert found == expected


@pytest.mark.once
def test_an_embedding_or_vectors_may_come_first():
    layer = recurrent(GRU)
    vectors = np.random.default_rng(0).normal(size=(SYMBOLS, 3)).astype("float32")
    embedded = of_symbols(layer, first=keras.layers.Embedding(SYMBOLS, 3))
    embedded.layers[0].set_weights([vectors])
    found = drawn(embedded, greedy=True)
    logits = logits_of(embedded, [*PROMPT, *found])[len(PROMPT) - 1 : -1]
    np.testing.assert_array_equal(found, logits.argmax(axis=-1))
    of_vectors = sequence_model("gru", 4, SymbolHead(5), 5)
    same = sequence_model("gru", 4, SymbolHead(5), 5, one_hot=True)
    same.set_weights(of_vectors.get_weights())
    assert drawn(of_vectors, seed=1) == drawn(same, seed=1)


def test_carried_states_play_no_part():
    model = sequence_model(
        "lstm", 4, SymbolHead(5), 5, one_hot=True, stateful=True, batch_size=2
    )
    found = drawn(model, seed=1)
    model.predict(np.ones((2, 7), "int32"), verbose=0)
    assert drawn(model, seed=1) == found


@pytest.mark.once
def test_seeds_steps_and_batches():
    model = of_symbols(recurrent(GRU))
    first = drawn(model, seed=1)
    assert drawn(model, seed=1) == first != drawn(model, seed=2)
    assert drawn(model) != drawn(model)
    assert drawn(model, 300, seed=1)[:40] == first
    several = np.array(drawn(model, seed=1, batch_size=3))
    assert several.shape == (40, 3) and several[:, 0].tolist() == first
    assert np.any(several[:, 1] != several[:, 0])
    (one,) = np.transpose(drawn(model, seed=1, batch_size=1))
    assert one.tolist() == first
    prompts = np.stack([PROMPT, PROMPT[::-1]])
    two = np.array(drawn(model, prompt=prompts, seed=1))
    assert two[:, 0].tolist() == first and two.shape == (40, 2)


@pytest.mark.once
def test_they_come_one_by_one_for_ever_and_apart():
    model = of_symbols(recurrent(GRU))
    one, other = (generate_symbols(model, PROMPT, seed=1) for _ in range(2))
    assert [next(one) for _ in range(3)] == [next(other) for _ in range(3)]
    assert list(islice(one, 600)) == list(islice(other, 600))
    # Weights are those of the call.
    model.set_weights([0 * w for w in model.get_weights()])
    assert list(islice(one, 50)) == list(islice(other, 50))


@pytest.mark.once
def test_frequencies_are_the_probabilities():
    logits = np.log(np.tile([0.5, 0.3, 0.15, 0.05], (1000, 1)))
    for temperature, top_p, expected in (
        (1.0, 1.0, [0.5, 0.3, 0.15, 0.05]),
        (0.5, 1.0, np.array([0.25, 0.09, 0.0225, 0.0025]) / 0.365),
        (1.0, 0.79, [0.625, 0.375, 0, 0]),
        (1.0, 0.81, np.array([0.5, 0.3, 0.15, 0]) / 0.95),
        (1.0, 1e-9, [1, 0, 0, 0]),
        (0.0, 1.0, [1, 0, 0, 0]),
    ):
        sampler = SymbolSampler(1000, temperature, top_p, seed=0)
        draws = np.stack([sampler.draw(logits) for _ in range(20)])
        share = np.bincount(draws.ravel(), minlength=4) / draws.size
        deviation = np.sqrt(
            np.multiply(expected, np.subtract(1, expected)) / draws.size
        )
        assert np.all(np.abs(share - expected) <= 5 * deviation)


@pytest.mark.once
def test_of_equals_the_first_are_kept():
    sampler = SymbolSampler(1, 1.0, 0.5, seed=0)
    draws = {int(sampler.draw(np.zeros((1, 4)))[0]) for _ in range(200)}
    assert draws == {0, 1}


@pytest.mark.once
def test_a_symbol_without_probability_is_never_drawn():
    sampler = SymbolSampler(1, 1.0, 1.0, seed=0)
    logits = np.array([[-np.inf, 0.0, -2000.0, 0.0, -np.inf]])
    assert {int(sampler.draw(logits)[0]) for _ in range(2000)} == {1, 3}


def chords():
    inputs = keras.Input((None, 5))
    return keras.Model(inputs, BernoulliHead(5)(recurrent(GRU)(inputs)))


@pytest.mark.once
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (chords, "ends in a SymbolHead. .* ends in BernoulliHead"),
        (lambda: of_symbols(GRU(3, name="last")), "GRU 'last' returns its last output"),
        (
            lambda: of_symbols(recurrent(GRU, go_backwards=True, name="back")),
            "GRU 'back' goes backwards",
        ),
        (
            lambda: of_symbols(recurrent(GRU), first=OneHot(6)),
            "'writer' takes 6 symbols, and its head 'head' predicts 5",
        ),
        (
            lambda: of_symbols(recurrent(GRU), SymbolHead(4, name="between")),
            "SymbolHead 'between' cannot be run step by step",
        ),
    ],
)
def test_models_that_do_not_write(make, message):
    with pytest.raises(ValueError, match=message):
        generate_symbols(make(), PROMPT)


@pytest.mark.once
def test_generate_names_what_draws_symbols():
    with pytest.raises(
        ValueError, match=r"SymbolHead 'head', whose .* generate_symbols"
    ):
        generate(of_symbols(recurrent(GRU)), PROMPT)


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prompt": []}, r"one symbol at least. .* shape \(0,\)"),
        ({"prompt": 3}, r"shape \(\)"),
        ({"prompt": [0.0]}, "integers, .* dtype float64"),
        ({"prompt": "abc"}, r"shape \(\)"),
        ({"prompt": [0, 5]}, r"from 0 to 4, .* Received 5 at the index \(1,\)"),
        ({"prompt": [[0], [-1]]}, r"Received -1 at the index \(1, 0\)"),
        ({"prompt": [[0], [1]], "batch_size": 3}, "batch_size=3 and a prompt of 2"),
        ({"batch_size": 0}, "generate_symbols needs a positive integer for batch_size"),
        ({"steps": -3}, "Received steps=-3"),
        ({"steps": 0}, "generate_symbols needs a positive integer for steps"),
        ({"temperature": 0}, "generate_symbols needs a positive finite temperature"),
        ({"temperature": -1}, "Received temperature=-1"),
        ({"temperature": float("nan")}, "Received temperature=nan"),
        ({"temperature": 2, "greedy": True}, "greedy=True and temperature=2"),
        ({"top_p": 0}, "top_p from above 0 to 1. Received top_p=0"),
        ({"top_p": 2}, "from above 0 to 1. Received top_p=2"),
        ({"top_p": float("nan")}, "Received top_p=nan"),
        ({"top_p": 0.5, "greedy": True}, "greedy=True and top_p=0.5"),
        ({"seed": -1}, "generate_symbols needs an integer from 0 on"),
    ],
)
def test_arguments_out_of_range_are_told_at_once(arguments, message):
    model = of_symbols(recurrent(GRU))
    with pytest.raises(ValueError, match=message):
        generate_symbols(model, **{"prompt": PROMPT, **arguments})
