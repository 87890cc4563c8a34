"""Each check catches a wrapper that is wrong in what it looks at, and says so."""

from functools import partial

import keras
import pytest

from keras_gated.layers import WeightNoise
from keras_gated.testing import WRAPPER_CHECKS, check_weight_wrapper
from tests.conformance import broken_wrappers as broken

pytestmark = pytest.mark.once

CAUGHT = {
    "frozen": broken.MovesWeights,
    "frozen-from-the-start": broken.MovesWeights,
    "frozen-layer": broken.MovesWeights,
    "frozen-inside": broken.MovesWeights,
    "weights": broken.HidesState,
    "files": broken.HidesState,
    "other-files": broken.TakesAnyFile,
    "copies": broken.HidesState,
    "export": broken.CountsCalls,
    "int8": broken.DoublesQuantized,
    "int4": broken.DoublesQuantized,
    "float8": broken.DoublesQuantized,
    "quantized-files": broken.HidesState,
    "lora": broken.DoublesLowRank,
    "lora-before": broken.DoublesLowRank,
    "lora-files": broken.HidesState,
    "lora-int8": broken.HidesState,
    "shared-layer": broken.HidesState,
    "called-twice": broken.AddsLosses,
    "borrowed-weights": broken.StopsGradients,
    "averages": broken.HidesState,
    "statistics": broken.RunsTwice,
    "statistics-in-training": broken.RunsTwice,
    "dropout": broken.RunsTwice,
    "stateful": broken.RunsTwice,
    "regularizers": broken.AddsLosses,
    "constraints": broken.DropsConstraints,
    "assigned-weight": broken.Plain,
    "bidirectional": broken.IgnoresMasks,
    "bidirectional-files": broken.HidesState,
    "bidirectional-draws": partial(broken.DrawsTheSame, seed=3),
    "around-bidirectional": broken.IgnoresMasks,
}


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, marks=pytest.mark.exhaustive if check == "export" else ())
        for check in CAUGHT
    ],
)
def test_a_broken_wrapper_is_caught(check):
    with pytest.raises(AssertionError) as caught:
        check_weight_wrapper(CAUGHT[check], [check])
    first, *rest = str(caught.value).splitlines()
    assert first.endswith(WRAPPER_CHECKS[check].description)
    assert "expected" in rest[0] and "out" in rest[0]


def test_every_check_can_fail():
    """That of a shared layer in a file does wherever it runs: Keras cannot load it."""
    assert {*CAUGHT, "shared-layer-files"} == set(WRAPPER_CHECKS)


@pytest.mark.parametrize("check", ["statistics", "statistics-in-training", "dropout"])
def test_a_wrapper_that_never_trains_its_layer_is_caught(check):
    """Of the statistics the first part alone: the metric is updated all the same."""
    with pytest.raises(AssertionError, match=f"fails the check '{check}'"):
        check_weight_wrapper(broken.NeverTrains, [check])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wrapper": "WeightNoise"}, "a function that wraps.*Received 'WeightNoise'"),
        (
            {"wrapper": WeightNoise(keras.layers.Dense(1))},
            "a function that wraps.*Received <WeightNoise",
        ),
        ({"checks": ["masks"]}, r"no checks \['masks'\], only \['frozen'"),
        ({"tier": "slow"}, '"quick" or "exhaustive". Received \'slow\''),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_weight_wrapper(**{"wrapper": WeightNoise, **arguments})
