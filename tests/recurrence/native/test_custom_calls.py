"""What does not fit together is refused by the custom calls of XLA themselves."""

import keras
import numpy as np
import pytest

from keras_gated.recurrence.native import layout
from keras_gated.recurrence.native.backend import missing
from keras_gated.recurrence.native.call import KINDS, Call
from tests.recurrence.native.calls import SIZES, valid_call
from tests.recurrence.native.expected import FLOAT32_LOOP

pytestmark = pytest.mark.skipif(
    keras.backend.backend() == "torch" or FLOAT32_LOOP != "native",
    reason="custom calls of XLA, where there is a compiler",
)


@pytest.mark.parametrize(
    "changed",
    [
        {},  # is taken
        {"unit": len(KINDS)},
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
    sizes = SIZES | {axis: n for axis, n in changed.items() if axis in SIZES}
    numbers = layout.numbers(changed.get("unit", 1), sizes, 1)
    attributes = {"sizes": np.array(numbers), **Call(*arguments).masks}
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
