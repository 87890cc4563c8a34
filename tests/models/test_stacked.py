"""`sequence_model` of several layers, of symbols, and with carried states."""

import keras
import numpy as np
import pytest

from keras_gated.layers import GRU, BernoulliHead, OneHot, SymbolHead, WeightNoise
from keras_gated.models import count_parameters, sequence_model


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_the_parameters_of_a_stack(unit, num_layers):
    model = sequence_model(unit, 6, SymbolHead(5), 5, num_layers=num_layers)
    upper = count_parameters(unit, 6, 6)
    expected = count_parameters(unit, 6, 5, output_size=5) + (num_layers - 1) * upper
    assert model.count_params() == expected


def test_layers_are_in_their_order():
    model = sequence_model(
        "gru",
        6,
        SymbolHead(5),
        5,
        num_layers=2,
        layer_dropout=0.5,
        weight_noise=0.1,
        one_hot=True,
    )
    body = ["WeightNoise", "Dropout"] * 2
    assert kinds(model) == ["InputLayer", "OneHot", *body, "SymbolHead"]
    assert all(isinstance(model.layers[n].layer, GRU) for n in (2, 4))


def test_seeds_of_layers_differ_and_the_first_is_the_given_one():
    def built(seed):
        return sequence_model(
            "gru", 4, BernoulliHead(5), 5, weight_noise=0.1, seed=seed, num_layers=2,
            layer_dropout=0.1,
        )  # fmt: skip

    def seeds(model):
        return [
            x.seed
            for x in model.layers
            if isinstance(x, (WeightNoise, keras.layers.Dropout))
        ]

    assert seeds(built(7)) == seeds(built(7)) != seeds(built(8))
    assert seeds(built(7))[0] == 7 and len({*seeds(built(7))}) == 4
    assert max(seeds(built(7))) < 2**31


def test_symbols_are_what_one_hot_vectors_are():
    symbols = np.random.default_rng(0).integers(0, 5, (2, 7))
    of_symbols = sequence_model("lstm", 4, SymbolHead(5), 5, one_hot=True)
    of_vectors = sequence_model("lstm", 4, SymbolHead(5), 5)
    of_vectors.set_weights(of_symbols.get_weights())
    np.testing.assert_array_equal(
        of_symbols.predict(symbols, verbose=0),
        of_vectors.predict(np.eye(5, dtype="float32")[symbols], verbose=0),
    )


def test_a_model_with_carried_states_knows_its_batch():
    model = sequence_model("gru", 4, SymbolHead(5), 5, stateful=True, batch_size=3)
    assert model.input_shape == (3, None, 5) and model.layers[1].stateful
    assert isinstance(
        sequence_model("gru", 4, SymbolHead(5), 5, one_hot=True).layers[1], OneHot
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"num_layers": 0},
            "num_layers must be a positive number. Received num_layers=0",
        ),
        ({"batch_size": 0}, "batch_size must be a positive number"),
        ({"layer_dropout": 1.0}, "from 0 to below 1. Received layer_dropout=1.0"),
        ({"layer_dropout": float("nan")}, "Received layer_dropout=nan"),
        ({"stateful": True}, "stateful=True .* needs batch_size"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        sequence_model("gru", 4, SymbolHead(5), 5, **arguments)
