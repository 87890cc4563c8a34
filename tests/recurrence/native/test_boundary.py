"""What does not fit together is refused before C++ reads it, in Python and in C++."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_gated.recurrence.native import layout, library
from keras_gated.recurrence.native.backend import missing, run
from keras_gated.recurrence.native.call import READS, WRITES, Call
from tests.properties.examples import few_or_many
from tests.recurrence.native.calls import right_calls, wrong_calls
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


def valid_call():
    """A forward call of a GRU: its arguments for `Call`, and the arrays by name."""
    shapes = {
        "inputs": (3, 5, 2),
        "kernel": (2, 12),
        "recurrent_kernel": (4, 12),
        "first_output": (3, 4),
    }
    arrays = {name: np.ones(shape, "float32") for name, shape in shapes.items()}
    return ["forward", 1, tuple(arrays), ("outputs", "last_output")], arrays


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "sideways"),
        (1, 4),
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


SIZES = {"b": 3, "t": 5, "d": 2, "h": 4}


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
        ({"unit": 4}, "no unit of number 4"),
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


@pytest.mark.skipif(ON_TORCH, reason="custom calls of XLA")
@pytest.mark.parametrize(
    "changed",
    [
        {},  # is taken
        {"unit": 4},
        {"unit": 0},
        *({axis: size} for axis in "tbh" for size in (-2, 6, 2**62)),
        *({axis: -1} for axis in "dh"),  # which for t and b means: as in the arrays
        {"d": 0},
        {"sizes": np.array([1, 5, 3, 2, 4])},
        {"sizes": np.int64(1)},
        {"reads": 0b1011},
        {"reads": 0b100001110},
        {"reads": -1},
        {"writes": 0b1},
        {"writes": 0b101},
        {"inputs": np.ones((3, 5, 1), "float32")},
        {"inputs": np.ones((3, 5, 2), "int32")},
        {"inputs": np.ones((3, 5, 2), "bfloat16")},
        {"kernel": np.ones((2, 12), "bfloat16")},
        {"inputs": np.ones((3, 5, 2, 1), "float32")},
        {"first_output": np.ones((1, 4), "float32")},
    ],
)
def test_custom_call_refuses(changed):
    """The call as XLA makes it, without the Python that looks at it first."""
    arguments, arrays = valid_call()
    assert missing() is None  # and so they are registered
    masks = {
        name: sum(1 << n for n, key in enumerate(table["forward"]) if key in given)
        for name, table, given in (
            ("reads", READS, arguments[2]),
            ("writes", WRITES, arguments[3]),
        )
    }
    sizes = SIZES | {axis: n for axis, n in changed.items() if axis in SIZES}
    numbers = layout.numbers(changed.get("unit", 1), sizes, 1)
    attributes = {"sizes": np.array(numbers), **masks}
    attributes |= {n: v for n, v in changed.items() if n in attributes}
    given = arrays | {n: v for n, v in changed.items() if n in arrays}
    call = CUSTOM_CALL[keras.backend.backend()]
    if not changed:
        call(list(given.values()), attributes)
        return
    with pytest.raises(Exception) as error:
        call(list(given.values()), attributes)
    about = f"{type(error.value).__name__} {error.value}"
    assert "INVALID_ARGUMENT" in about or "InvalidArgumentError" in about


SHAPES = (3, 5, 4), (3, 4)


def custom_call_jax(arrays, attributes):
    import jax

    results = [jax.ShapeDtypeStruct(shape, "float32") for shape in SHAPES]
    call = jax.ffi.ffi_call("keras_gated_forward", results)
    numbers = {name: np.int64(value) for name, value in attributes.items()}
    jax.block_until_ready(call(*arrays, **numbers))


def custom_call_tensorflow(arrays, attributes):
    import tensorflow as tf

    from keras_gated.recurrence._tensorflow_private import run_program

    def tensor(array):
        kind = {"float32": "f32", "int32": "i32", "bfloat16": "bf16"}[str(array.dtype)]
        return f"tensor<{'x'.join(map(str, array.shape))}x{kind}>"

    def attribute(value):
        if np.ndim(value):
            return f"array<i64: {', '.join(map(str, value))}>"
        return f"{value} : i64"

    names = [f"%{number}" for number in range(len(arrays))]
    types = list(map(tensor, arrays))
    config = ", ".join(f"{n} = {attribute(v)}" for n, v in attributes.items())
    results = ", ".join(tensor(np.empty(shape, "float32")) for shape in SHAPES)
    text = f"""module {{
      func.func public @main({", ".join(map("{}: {}".format, names, types))})
          -> ({results}) {{
        %out:2 = "stablehlo.custom_call"({", ".join(names)}) {{
          call_target_name = "keras_gated_forward", api_version = 4 : i32,
          backend_config = {{{config}}}
        }} : ({", ".join(types)}) -> ({results})
        return %out#0, %out#1 : {results}
      }}
    }}""".replace("%", "%a")
    written = [tf.TensorSpec(shape) for shape in SHAPES]
    run_program(text, arrays, written, "keras_gated_forward")


CUSTOM_CALL = {"jax": custom_call_jax, "tensorflow": custom_call_tensorflow}
