"""The recurrent layers are their equations, for any shape, mask and dtype."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.examples import COMPILES, SEEDS, SHAPES, few_or_many, masks
from tests.units import randomise, weights_of


@st.composite
def problems(draw):
    """Inputs, states, masks and options of one call."""
    batch, time, features, units = draw(SHAPES)
    rng = np.random.default_rng(draw(SEEDS))
    return {
        "units": units,
        "inputs": rng.normal(size=(batch, time, features)),
        "states": rng.normal(size=(2, batch, units)),
        "given_states": draw(st.booleans()),
        "mask": draw(masks(batch, time)),
        "order": {
            "go_backwards": draw(st.booleans()),
            "zero_output_for_mask": draw(st.booleans()),
        },
        "seed": draw(st.integers(0, 99)),
    }


def check(unit, problem, dtype, inputs_dtype, tolerance):
    layer = unit.make(
        problem["units"],
        return_sequences=True,
        return_state=True,
        dtype=dtype,
        **problem["order"],
    )
    inputs = problem["inputs"].astype(inputs_dtype)
    randomise(layer, inputs.shape[-1], seed=problem["seed"])
    states = None
    if problem["given_states"]:
        states = [state.astype(dtype) for state in problem["states"][: unit.states]]
    found = layer(inputs, initial_state=states, mask=problem["mask"])

    expected, final = unit.run_reference(
        inputs.astype("float64"),
        weights_of(layer),
        states,
        mask=problem["mask"],
        **problem["order"],
    )
    assert len(found) == 1 + unit.states
    for value, reference in zip(found, (expected, *final), strict=True):
        assert keras.backend.standardize_dtype(value.dtype) == dtype
        value = keras.ops.convert_to_numpy(value)
        np.testing.assert_allclose(value, reference, rtol=tolerance, atol=tolerance)


@few_or_many(few=2 if COMPILES else 15, many=60)
@given(problem=problems())
def test_float32(unit, problem):
    check(unit, problem, "float32", "float32", 2e-5)


@few_or_many(few=1 if COMPILES else 10, many=40)
@given(problem=problems(), inputs_dtype=st.sampled_from(["float32", "float64"]))
def test_float64(float64, unit, problem, inputs_dtype):
    check(unit, problem, "float64", inputs_dtype, 1e-12)


@pytest.mark.usefixtures("float64")
@few_or_many(few=1 if COMPILES else 5, many=20)
@given(problem=problems())
def test_float32_among_float64(unit, problem):
    """A layer of single precision that is given doubles."""
    problem["inputs"] = problem["inputs"].astype("float32")
    check(unit, problem, "float32", "float64", 2e-5)
