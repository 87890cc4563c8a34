"""When the loops for GPUs are taken, and what a layer says of it."""

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("these loops are those of JAX", allow_module_level=True)

import jax
import numpy as np

from keras_gated.layers import GRU, MGU, PeepholeLSTM
from keras_gated.recurrence._jax_gpu import GPULoop, choice
from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.equations import LSTM
from keras_gated.recurrence.experimental import SWITCH
from keras_gated.recurrence.operands import Operands


@pytest.fixture
def gpu(monkeypatch):
    """As if JAX had a GPU, and somebody had asked for the loops."""
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    monkeypatch.setattr(jax, "device_count", lambda: 1)


def test_they_must_be_asked_for(gpu, monkeypatch):
    layer = PeepholeLSTM(3)
    assert layer.recurrence.name == "gpu"
    assert f"{SWITCH}=1 asks for the experimental" in layer.recurrence.reason
    for value in ("0", ""):
        monkeypatch.setenv(SWITCH, value)
        assert layer.recurrence.name == "hand-written"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: MGU(3), "there is no loop for GPUs for MGU"),
        (lambda: GRU(3, dtype="mixed_float16"), "float32 and bfloat16, not float16"),
        (
            lambda: PeepholeLSTM(
                3, recurrent_dropout=0.5, recurrent_dropout_form="moon"
            ),
            "the loop for GPUs for LSTM has its plain form only",
        ),
    ],
)
def test_a_layer_says_why_they_are_not_taken(gpu, make, why):
    path = make().recurrence
    assert path.name == "hand-written"
    assert why in path.reason


def test_without_a_gpu_they_are_not_taken(monkeypatch):
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setenv("KERAS_GATED_NATIVE", "0")
    path = PeepholeLSTM(3).recurrence
    assert path.name == "hand-written"
    assert "JAX computes on a cpu, not on a GPU" in path.reason


def test_on_the_cpu_beside_a_gpu_they_are_not_taken(gpu):
    with keras.device("cpu"):
        assert PeepholeLSTM(3).recurrence.name == "hand-written"
    assert PeepholeLSTM(3).recurrence.name == "gpu"


def test_they_work_on_one_gpu(gpu, monkeypatch):
    monkeypatch.setattr(jax, "device_count", lambda: 2)
    path = PeepholeLSTM(3).recurrence
    assert path.name == "hand-written"
    assert "JAX has 2; CUDA_VISIBLE_DEVICES=0 shows it one" in path.reason


def operands(units, batch=2, dtype="float32", peepholes=True, valid=None):
    def zeros(*shape):
        return jax.numpy.zeros(shape, dtype)

    weights = (zeros(units, 4 * units), zeros(3, units))
    return Operands(
        zeros(batch, 5, 2),
        (zeros(batch, units), zeros(batch, units)),
        (zeros(2, 4 * units),),
        weights if peepholes else weights[:1],
        valid,
        None,
    )


@pytest.mark.parametrize(
    ("arguments", "taken"),
    [
        ({"units": 255}, True),
        ({"units": 256}, False),
        ({"units": 361, "dtype": "bfloat16"}, True),
        ({"units": 362, "dtype": "bfloat16"}, False),
        ({"units": 3, "batch": 0}, False),
        ({"units": 512, "peepholes": False}, True),
        ({"units": 512, "peepholes": False, "dtype": "bfloat16"}, False),
        ({"units": 512, "peepholes": False, "valid": np.ones((2, 5), bool)}, False),
    ],
)
def test_sizes(gpu, arguments, taken):
    assert isinstance(loop_for(LSTM(), operands(**arguments)), GPULoop) is taken


def test_who_is_cudnns(gpu):
    assert choice.is_cudnns(operands(3, peepholes=False))
    assert not choice.is_cudnns(operands(3))
    masked = operands(3, peepholes=False, valid=np.ones((2, 5), bool))
    assert not choice.is_cudnns(masked)
    dropped = operands(3, peepholes=False)._replace(dropout_mask=np.ones((2, 3)))
    assert not choice.is_cudnns(dropped)
