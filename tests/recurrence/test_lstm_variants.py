"""Which loop the variants of the LSTM take, and the fast against the generic one."""

import contextlib
from dataclasses import dataclass

import keras
import numpy as np
import pytest

from keras_gated.layers import LSTMVariant
from keras_gated.recurrence import equations
from keras_gated.recurrence._scanned import ScannedLoop
from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.operands import Operands
from tests.gradients import value_and_gradients
from tests.units import normal, own_sigmoid, randomise, weights_of
from tests.variants import OWN_LOOP, VARIANTS

BATCH, TIME, FEATURES, SIZE = 3, 7, 2, 4
SOME_STEPS = np.random.default_rng(1).random((BATCH, TIME)) < 0.7

EACH = pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)


@pytest.mark.once
@EACH
def test_all_have_a_derivative_by_hand(variant):
    path = variant.make(SIZE).recurrence
    assert path.is_hand_written, path.reason


@pytest.mark.once
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"input_activation": "relu"}, "input_activation='relu' is not 'tanh' or"),
        ({"output_activation": "elu"}, "output_activation='elu' is not 'tanh' or 'lin"),
        (
            {"recurrent_activation": "hard_sigmoid", "use_forget_gate": False},
            "recurrent_activation='hard_sigmoid' is not 'sigmoid'",
        ),
    ],
)
def test_other_activations_take_the_generic_loop(settings, reason):
    assert reason in LSTMVariant(SIZE, **settings).recurrence.reason
    with pytest.raises(ValueError, match=reason):
        LSTMVariant(SIZE, checkpoint_steps=2, **settings)


def outcome(layer, x, upstream, mask):
    def total(x, *values):
        pairs = zip(layer.trainable_variables, values, strict=True)
        with keras.StatelessScope(list(pairs)):
            results = layer(x, training=True, mask=mask)
        parts = zip(results, upstream, strict=True)
        return sum(keras.ops.sum(keras.ops.multiply(*pair)) for pair in parts)

    return value_and_gradients(total, x, *weights_of(layer))


def check(variant, mask, **arguments):
    """With one seed all loops draw one dropout mask."""
    options = {
        "recurrent_dropout": 0.5,
        "dropout": 0.3,
        "seed": 3,
        "return_sequences": True,
        "return_state": True,
        "go_backwards": True,
        **arguments,
    }
    x = normal(BATCH, TIME, FEATURES)
    finals = normal(len(variant.state_names), BATCH, SIZE, seed=9)
    upstream = [normal(BATCH, TIME, SIZE, seed=8), *finals]
    fast = randomise(variant.make(SIZE, **options), FEATURES)
    options.pop("checkpoint_steps", None)
    options["recurrent_activation"] = own_sigmoid
    generic = randomise(variant.make(SIZE, **options), FEATURES)
    assert fast.recurrence.is_hand_written
    assert not generic.recurrence.is_hand_written
    value, found = outcome(fast, x, upstream, mask)
    expected_value, expected = outcome(generic, x, upstream, mask)
    np.testing.assert_allclose(value, expected_value, rtol=1e-9)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)


BY_NAME = {variant.name: variant for variant in OWN_LOOP}


@pytest.mark.parametrize("name", ["NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "FGR"])
def test_derivatives_under_dropout(name, float64):
    check(BY_NAME[name], None)


@pytest.mark.parametrize("name", ["NFG", "coupled, no output gate", "FGR"])
def test_checkpoints_change_nothing(name, float64):
    check(BY_NAME[name], SOME_STEPS, checkpoint_steps=3)


@pytest.mark.parametrize(
    "name",
    [v.name for v in OWN_LOOP if not v.settings.get("full_gate_recurrence")],
)
def test_pytorch_scans_a_unit_without_a_backend_loop_of_its_own(
    name, monkeypatch, backend, float64
):
    if backend != "torch":
        pytest.skip("the other backends always do")
    from keras_gated.recurrence._torch_loops import InPlaceLoop

    @dataclass(frozen=True)
    class Stranger(equations.LSTMVariant):
        """No other equations, but no loop on PyTorch."""

    variant = BY_NAME[name]
    assert type(loop_of_a_call(variant)) is InPlaceLoop
    monkeypatch.setattr(equations, "LSTMVariant", Stranger)
    assert type(loop_of_a_call(variant)) is ScannedLoop
    check(variant, SOME_STEPS)


def loop_of_a_call(variant):
    layer = randomise(variant.make(SIZE), FEATURES)
    return loop_for(layer.cell.step_equations, operands_of(layer, TIME))


def operands_of(layer, steps):
    return Operands(
        keras.ops.zeros((BATCH, steps, FEATURES)),
        tuple(keras.ops.zeros((BATCH, SIZE)) for _ in layer.cell.state_size),
        layer.cell.projection(),
        layer.cell.recurrent_weights(),
        valid=None,
        dropout_mask=None,
    )


def without_gradients():
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.inference_mode()


@EACH
def test_keeps_gates_and_states_of_a_step(variant):
    """Of each step no more than its gates and states stay for the derivative."""
    steps = 50
    layer = randomise(variant.make(SIZE), FEATURES)
    operands = operands_of(layer, steps)
    with without_gradients():
        loop = loop_for(layer.cell.step_equations, operands)
        _, residuals = loop.forward(operands, save=True)
    kept = [x for x in keras.tree.flatten(residuals) if x is not None]
    by_step = sum(np.prod(x.shape) for x in kept if max(x.shape) >= steps)
    most = FEATURES + layer.cell.kernel.shape[1] + len(variant.state_names) * SIZE
    assert by_step <= (steps + 1) * BATCH * most
