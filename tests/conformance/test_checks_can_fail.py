"""Each check catches a layer that is wrong in what it looks at, and says so."""

import sys
from functools import partial

import keras
import numpy as np
import pytest

from keras_gated.testing import CHECKS, check_recurrent_layer
from keras_gated.testing._checks.memory import resident_bytes
from tests.conformance import broken
from tests.conformance.test_conformance import TIER
from tests.tiers import exhaustive_elsewhere

CAUGHT = {
    "no-mask": broken.IgnoresDirection,
    "masks": broken.IgnoresMasks,
    "mask-arguments": broken.IgnoresMasks,
    "all-masked": broken.IgnoresMasks,
    "all-masked-output": broken.StartsFromZeroOutput,
    "mask-through-layers": broken.IgnoresMasks,
    "unknown-sizes": broken.KnowsItsLength,
    "one-sequence": broken.DropsAxesOfOne,
    "one-step": broken.DropsAxesOfOne,
    "wrong-shapes": broken.RepeatsStates,
    "initial-state": broken.IgnoresStates,
    "streaming": broken.IgnoresStates,
    "stateful": broken.CarriesNothing,
    "integers": broken.HalvesIntegers,
    "bidirectional": broken.IgnoresDirection,
    "bidirectional-merges": broken.IgnoresDirection,
    "stacked-cells": broken.HasACountingCell,
    "time-distributed": broken.MixesBatch,
    "functional": broken.KnowsItsLength,
    "sequential": broken.MixesBatch,
    "subclassed": broken.MixesBatch,
    "training-step": broken.MovesItsWeights,
    "fit": broken.CountsItsCalls,
    "regularizers": broken.LosesArguments,
    "constraints": broken.LosesArguments,
    "frozen": broken.MovesItsWeights,
    "config": broken.ForgetsArguments,
    "cloning": broken.ForgetsArguments,
    "files": broken.ForgetsArguments,
    "fresh-process": broken.ForgetsArguments,
    "mixed-float16": broken.ComputesInFloat32,
    "mixed-bfloat16": broken.ComputesInFloat32,
    "float64": broken.ComputesInFloat32,
    "seeds": broken.IgnoresItsSeed,
    "inference": broken.AlwaysDrops,
    "gradients": broken.HasHalfAGradient,
    "gradient-flow": broken.HasNoGradientAtZero,
    "two-devices": broken.MixesBatch,
    "threads": broken.SharesAPlace,
    "threads-predict": broken.SharesAPlace,
    "memory": broken.KeepsOutputs,
}

CANNOT_SHOW = {
    "training-step": {"jax": "Keras drops assignments to weights in training there"},
    "threads-predict": dict.fromkeys(
        ("jax", "tensorflow"), "Python does not run once the model is compiled"
    ),
    "fit": {"torch": "everything runs eagerly there"},
    "two-devices": {"jax": "one batch over two devices remains one there"},
    "memory": dict.fromkeys(
        ("jax", "tensorflow"), "Python does not run once the model is compiled"
    ),
}

LONG = {
    "fit",
    "fresh-process",
    "gradient-flow",
    "two-devices",
    "threads",
    "threads-predict",
    "memory",
}


@exhaustive_elsewhere
@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, marks=pytest.mark.exhaustive if check in LONG else ())
        for check in CAUGHT
    ],
)
def test_a_broken_layer_is_caught(check, backend):
    if backend in CANNOT_SHOW.get(check, {}):
        pytest.skip(CANNOT_SHOW[check][backend])
    with pytest.raises(AssertionError) as caught:
        check_recurrent_layer(partial(CAUGHT[check], 4), [check], tier=TIER)
    first, *rest = str(caught.value).splitlines()
    name = CAUGHT[check].__name__
    assert first == (
        f"{name} fails the check {check!r} on {backend}: {CHECKS[check].description}"
    )
    assert "expected" in rest[0] and ("out came" in rest[0] or "it came" in rest[0])


def test_every_check_can_fail():
    assert {*CAUGHT, "no-steps"} == set(CHECKS)


def test_layers_without_steps_are_caught(backend):
    """By a note where Keras raises an error of its own."""
    with pytest.raises(Exception, match="0") as caught:
        check_recurrent_layer(partial(keras.layers.GRU, 4), ["no-steps"])
    text = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert f"fails the check 'no-steps' on {backend}" in text


@pytest.mark.once
@pytest.mark.skipif(sys.platform != "linux", reason="read on Linux only")
def test_the_memory_of_a_process_is_what_it_holds():
    before = resident_bytes()
    held = np.ones(2**25, "uint8")
    grown = resident_bytes() - before
    assert len(held) * 0.9 < grown < len(held) * 1.5
    assert before > len(held)


def test_what_a_layer_lacks_is_said():
    class Bare(keras.layers.RNN):
        def __init__(self, units, **kwargs):
            super().__init__(keras.layers.GRUCell(units), **kwargs)

    lacking = check_recurrent_layer(partial(Bare, 4), ["masks", "seeds", "constraints"])
    assert set(lacking) == {"seeds", "constraints"}
    assert lacking["seeds"].startswith("refuses dropout, recurrent_dropout, seed:")


def test_a_layer_stands_for_those_of_its_config():
    layer = keras.layers.GRU(4, reset_after=False, name="given")
    assert check_recurrent_layer(layer, ["masks", "config"]) == {}
    assert not layer.built


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layer": "GRU"}, "needs a layer, or a function.*Received 'GRU'"),
        ({"checks": ["mask"]}, r"no checks \['mask'\], only \['no-mask'"),
        ({"tier": "slow"}, '"quick" or "exhaustive". Received \'slow\''),
    ],
)
def test_bad_arguments(arguments, message):
    layer = partial(keras.layers.GRU, 4)
    with pytest.raises(ValueError, match=message):
        check_recurrent_layer(**{"layer": layer, **arguments})
