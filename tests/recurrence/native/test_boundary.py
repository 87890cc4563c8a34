"""What does not fit together is refused before C++ reads it, in Python and in C++."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.backend import run
from keras_gated.recurrence.native.call import KINDS, Call
from tests.properties.examples import few_or_many
from tests.recurrence.native.calls import SIZES, right_calls, valid_call, wrong_calls
from tests.recurrence.native.expected import FLOAT32_LOOP

pytestmark = pytest.mark.skipif(
    FLOAT32_LOOP != "native", reason="where there is a compiler"
)
ON_TORCH = keras.backend.backend() == "torch"


def attempt(call, arrays):
    """Runs a call; elsewhere than on PyTorch, whose arrays may be huge, traces it."""
    if ON_TORCH:
        return run(call, tuple(map(as_tensor, arrays)))
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        specs = [tf.TensorSpec(array.shape, array.dtype) for array in arrays]
        function = tf.function(lambda *arrays: run(call, arrays), autograph=False)
        return function.get_concrete_function(*specs).structured_outputs
    import jax

    shapes = [jax.ShapeDtypeStruct(array.shape, array.dtype) for array in arrays]
    with jax.enable_x64(True):
        return jax.eval_shape(lambda *arrays: run(call, arrays), *shapes)


def as_tensor(array):
    """A tensor that repeats in memory what the array repeats."""
    import torch

    repeated = array.size > 0 and not any(array.strides)
    once = np.array(array[(slice(1),) * array.ndim] if repeated else array)
    if array.dtype.name == "bfloat16":
        tensor = torch.from_numpy(once.view(np.int16)).view(torch.bfloat16)
    else:
        tensor = torch.from_numpy(once)
    return tensor.expand(array.shape) if repeated else tensor


@few_or_many(few=200 if ON_TORCH else 30, many=5000)
@given(wrong_calls())
def test_a_wrong_array_is_refused(example):
    with pytest.raises(
        ValueError, match=r"must have the shape|need (float32|bfloat16|bool)"
    ):
        attempt(*example)


@few_or_many(few=30 if ON_TORCH else 10, many=1000)
@given(right_calls())
def test_results_have_the_type_of_the_inputs(example):
    """So what is kept for the derivative takes half the memory in bfloat16."""
    call, arrays = example
    given = arrays[call.reads.index("inputs")].dtype.name
    results = attempt(call, arrays)
    assert len(results) == len(call.writes)
    assert {keras.backend.standardize_dtype(one.dtype) for one in results} == {given}


@pytest.mark.skipif(not ON_TORCH, reason="PyTorch alone has strides")
@few_or_many(few=30, many=1000)
@given(right_calls(), st.data())
def test_strides_do_not_change_the_numbers(example, data):
    import torch

    call, arrays = example
    tensors = [as_tensor(array) for array in arrays]
    expected = run(call, tuple(tensors))
    index = data.draw(st.integers(0, len(tensors) - 1))
    axis = data.draw(st.integers(0, tensors[index].ndim - 1))
    twice = tensors[index].repeat_interleave(2, dim=axis)
    last_first = twice.movedim(axis, 0).contiguous().movedim(0, axis)
    every_second = (slice(None),) * axis + (slice(None, None, 2),)
    tensors[index] = last_first[every_second]
    for one, other in zip(run(call, tuple(tensors)), expected, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "sideways"),
        (1, len(KINDS)),
        (1, -1),
        (2, ("inputs", "kernel", "first_output")),
        (2, ("kernel", "inputs", "recurrent_kernel", "first_output")),
        (2, ("inputs", "kernel", "recurrent_kernel", "last")),
        (3, ("outputs", "d_kernel")),
    ],
)
def test_there_is_no_such_call(place, value):
    arguments, _ = valid_call()
    arguments[place] = value
    with pytest.raises(ValueError, match="Received"):
        Call(*arguments)


def test_arrays_are_as_many_as_names():
    arguments, arrays = valid_call()
    with pytest.raises(ValueError, match="Received 3 arrays"):
        attempt(Call(*arguments), list(arrays.values())[:3])


def in_memory(array):
    return library.Array(array.dtype.name, array.ctypes.data, array.nbytes, array.shape)


def run_library(unit=1, sizes=SIZES, **changed):
    """The library itself, which has no Python that looks at the call first."""
    _, arrays = valid_call()
    arrays["outputs"] = np.zeros((3, 5, 4), "float32")
    arrays["last_output"] = np.zeros((3, 4), "float32")
    given = {name: in_memory(array) for name, array in arrays.items()}
    given |= {n: change(given.get(n), arrays.get(n)) for n, change in changed.items()}
    library.run("forward", unit, sizes, given, threads=1)
    return arrays["outputs"]


@pytest.mark.skipif(not ON_TORCH, reason="the library of PyTorch")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"unit": len(KINDS)}, f"no unit of number {len(KINDS)}"),
        ({"unit": -1}, "no unit of number -1"),
        ({"unit": 0}, r"kernel is float32 \(2, 12\)"),
        *(
            ({"sizes": {**SIZES, axis: size}}, "axis cannot|the call needs")
            for axis in SIZES
            for size in (0, -1, 6, 2**31, 2**40, 2**62)
            if (axis, size) != ("t", 0)
        ),
        ({"kernel": lambda array, _: None}, "lacks kernel"),
        ({"last_output": lambda array, _: None}, "lacks last_output"),
        ({"peepholes": lambda *_: in_memory(np.ones((3, 4), "float32"))}, "no use for"),
        ({"inputs": lambda array, _: array._replace(address=0)}, "inputs is"),
        ({"inputs": lambda array, _: array._replace(size=119)}, "in 119 bytes"),
        ({"inputs": lambda array, _: array._replace(dtype="int32")}, "another type"),
        (
            {"inputs": lambda array, _: array._replace(dtype="bfloat16")},
            r"inputs is bfloat16 \(3, 5, 2\) in 120 bytes",
        ),
        (
            {"inputs": lambda array, _: array._replace(dtype="bfloat16", size=60)},
            r"kernel is float32 .* needs bfloat16 \(2, 12\)",
        ),
        (
            {"kernel": lambda array, _: array._replace(dtype="bfloat16", size=48)},
            r"kernel is bfloat16 .* needs float32 \(2, 12\)",
        ),
        (
            {"outputs": lambda array, _: array._replace(dtype="bfloat16", size=120)},
            r"outputs is bfloat16 .* needs float32 \(3, 5, 4\)",
        ),
        ({"inputs": lambda array, _: array._replace(shape=(5, 3, 2))}, r"\(5, 3, 2\)"),
        ({"inputs": lambda array, _: array._replace(shape=(3, 5, 2, 1))}, "of axes"),
        ({"inputs": lambda array, _: array._replace(shape=())}, r"float32 \(\)"),
        (
            {"inputs": lambda array, _: array._replace(address=array.address + 1)},
            r"needs float32 \(3, 5, 2\)",
        ),
    ],
)
def test_library_refuses(arguments, message):
    assert run_library().any()
    with pytest.raises(ValueError, match=message):
        run_library(**arguments)


@pytest.mark.skipif(not ON_TORCH, reason="tensors of PyTorch")
@pytest.mark.parametrize("kind", ["meta", "sparse"])
def test_tensors_elsewhere_are_refused(kind):
    import torch

    arguments, arrays = valid_call()
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    state = tensors["first_output"]
    tensors["first_output"] = state.to("meta") if kind == "meta" else state.to_sparse()
    with pytest.raises((ValueError, NotImplementedError), match=r"same device|Sparse"):
        run(Call(*arguments), tuple(tensors.values()))
