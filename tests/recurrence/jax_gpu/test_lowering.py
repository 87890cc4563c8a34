"""The kernels for GPUs as JAX compiles them without a GPU, down to Triton's code."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("the kernels are those of JAX", allow_module_level=True)

import jax
from ml_dtypes import bfloat16

from keras_gated.recurrence._jax_gpu import launch
from tests.recurrence.jax_gpu.cards import DEPRECATED, kernels, lowered
from tests.recurrence.jax_gpu.problems import EQUATIONS, step_of_training
from tests.recurrence.native.problems import random_problem, random_upstream

pytestmark = pytest.mark.filterwarnings(DEPRECATED)


def training(unit, shape=(3, 18, 37), **options):
    rng = np.random.default_rng(0)
    problem = random_problem(rng, unit, shape, **options)
    return step_of_training(problem, random_upstream(rng, problem))


@pytest.mark.parametrize("dtype", [np.float32, bfloat16])
@pytest.mark.parametrize("unit", EQUATIONS)
def test_a_step_of_training_is_two_kernels(unit, dtype):
    program = lowered(*training(unit, masked=True, dropped=True, dtype=dtype))
    assert kernels(program) == 2
    assert "stablehlo.while" not in program


@pytest.mark.exhaustive
@pytest.mark.parametrize("unit", EQUATIONS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 64, 128)], ids=str)
def test_other_shapes(unit, shape):
    assert kernels(lowered(*training(unit, shape, extras=False))) == 2


def test_other_devices_get_the_loop_of_jax():
    step, arguments = training("lstm")
    program = jax.jit(step).lower(arguments).as_text()
    assert kernels(program) == 0
    assert program.count("stablehlo.while") == 2


def test_where_integers_have_64_bits():
    with jax.enable_x64(True):
        assert kernels(lowered(*training("lstm", masked=True))) == 2


def test_batches_of_batches():
    step, arguments = training("lstm")
    several = jax.tree.map(lambda x: np.stack([x, x]), arguments)
    assert kernels(lowered(jax.vmap(step), several)) == 2


PRECISIONS = {None: "HIGHEST", "float32": "HIGHEST", "tensorfloat32": "DEFAULT"}


@pytest.mark.parametrize("asked", PRECISIONS)
def test_fewer_digits_must_be_asked_for(asked):
    step, arguments = training("lstm")
    with jax.default_matmul_precision(asked), launch.interpreted():
        program = str(jax.make_jaxpr(step)(arguments))
    found = program.count(f"precision=(Precision.{PRECISIONS[asked]}")
    # Four products forward, four backward; around them those of inputs and weights.
    assert found >= 8
    others = {"HIGHEST", "DEFAULT"} - {PRECISIONS[asked]}
    assert f"precision=(Precision.{others.pop()}" not in program
