"""Layers under `torch.autocast`: they compute in their own dtype."""

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    LSTM_VARIANTS,
    BernoulliHead,
    LSTMVariant,
    MDNHead,
    SymbolHead,
)
from keras_gated.losses import BernoulliNLL, MixtureNLL, SymbolNLL
from tests import needs
from tests.cells import CELLS
from tests.layers.wrappers import WRAPPERS
from tests.units import GRU_BEFORE, UNITS, normal, randomise

torch = needs.package("torch")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="for PyTorch"
)

BATCH, TIME, FEATURES, SIZE = 9, 5, 2, 4
MASK = np.arange(TIME) < np.arange(BATCH)[:, None] % TIME + 1


def results(function, enabled, backward_inside=False):
    """What comes out, and its gradient to the inputs, with and without autocast."""
    x = torch.tensor(normal(BATCH, TIME, FEATURES), requires_grad=True)
    keras.utils.set_random_seed(3)
    with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
        outputs = function(x)
        if backward_inside:
            outputs.square().sum().backward()
    if not backward_inside:
        outputs.square().sum().backward()
    return outputs.detach(), x.grad


def assert_untouched(make, *, backward_inside=False, **call):
    """`make` makes the same layer each time, down to its draws."""
    found = []
    for enabled in (True, False):
        keras.utils.set_random_seed(5)
        layer = make()
        layer.build((None, None, FEATURES))

        def function(x, layer=layer):
            return layer(x, **call)

        found.append(results(function, enabled, enabled and backward_inside))
    for one, other in zip(*found, strict=True):
        assert one.dtype == torch.float32
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


MAKERS = {
    **{unit.name: unit.make for unit in UNITS},
    **{cell.name: cell.make for cell in CELLS if "bare" not in cell.name},
    **{
        f"variant {name}": lambda units, settings=settings, **arguments: LSTMVariant(
            units, **settings, **arguments
        )
        for name, settings in LSTM_VARIANTS.items()
    },
    "generic": lambda units, **k: GRU_BEFORE.make(units, activation="relu", **k),
}


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


@pytest.mark.parametrize("native", ["1", "0"])
def test_every_unit(make, native, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_NATIVE", native)
    assert_untouched(lambda: make(SIZE), mask=MASK)


def test_in_training(make):
    noise = {"dropout": 0.3, "recurrent_dropout": 0.3, "zoneout": 0.3, "seed": 1}
    assert_untouched(lambda: make(SIZE, **noise), mask=MASK, training=True)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_derivative_by_hand_under_autocast(unit):
    """PyTorch advises against it, and so what is lost is not lost by ours."""
    assert_untouched(lambda: unit.make(SIZE), backward_inside=True)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrappers_of_weights(wrapper):
    wrap = WRAPPERS[wrapper]
    assert_untouched(lambda: wrap(GRU_BEFORE.make(SIZE)), mask=MASK, training=True)


AROUND = {
    "bidirectional": lambda layer: keras.layers.Bidirectional(layer),
    "a loop of Keras": lambda layer: keras.layers.RNN(layer.cell),
    "stacked cells": lambda layer: keras.layers.RNN(
        [layer.cell, GRU_BEFORE.make_cell(SIZE)]
    ),
}


@pytest.mark.parametrize("around", AROUND)
def test_what_keras_puts_around(make, around):
    wrap = AROUND[around]
    assert_untouched(lambda: wrap(make(SIZE)), mask=MASK)


def test_gates(unit):
    layer = randomise(unit.make(SIZE), FEATURES)
    with torch.autocast("cpu", torch.bfloat16):
        gates = layer.gates(normal(BATCH, TIME, FEATURES))
    assert {values.dtype for values in gates.values()} == {torch.float32}


HEADS = {
    "bernoulli": (BernoulliHead(FEATURES), BernoulliNLL()),
    "mixture": (MDNHead(3, FEATURES), MixtureNLL(3)),
    "symbol": (SymbolHead(5), SymbolNLL()),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_and_likelihoods(name):
    head, loss = HEADS[name]
    targets = normal(BATCH, TIME, FEATURES, seed=4) > 0
    if name == "symbol":
        targets = targets[..., 0]

    def nats(x):
        predictions = head(x)
        assert predictions.dtype == torch.float32
        return loss(targets.astype("float32"), predictions)

    for one, other in zip(results(nats, True), results(nats, False), strict=True):
        assert one.dtype == torch.float32
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)


def test_a_layer_of_keras_before_and_behind():
    """They compute in bfloat16."""
    model = keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            keras.layers.Dense(FEATURES),
            GRU_BEFORE.make(SIZE),
            keras.layers.Dense(1),
        ]
    )
    for one, other in zip(results(model, True), results(model, False), strict=True):
        torch.testing.assert_close(one, other, rtol=0.1, atol=0.05)
        assert not torch.equal(one, other)
