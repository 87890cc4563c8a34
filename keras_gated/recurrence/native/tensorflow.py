"""The C++ loops as custom calls of the XLA in TensorFlow."""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import tensorflow as tf

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence import _tensorflow_private as private
from keras_gated.recurrence.native import library
from keras_gated.recurrence.native._stablehlo import program
from keras_gated.recurrence.native.call import Call
from keras_gated.recurrence.native.how_to_build import how_to_build
from keras_gated.recurrence.native.reference import computed_by_backend
from keras_gated.recurrence.operands import Operands


def missing() -> str | None:
    """Why the loops cannot be used in this process; None if they can."""
    for device in tf.config.get_visible_devices():
        if device.device_type != "CPU":
            return f"TensorFlow has a {device.device_type}; the C++ loops need a CPU"
    return library.missing(library.LOOPS_FOR_XLA) or _registered()


def on_this_device(operands: Operands) -> bool:
    """Whether the graph is to be run here.

    An exported one is to run without this package.
    """
    return not private.is_exporting()


def run(call: Call, arrays: Tensors) -> Tensors:
    """Runs a loop over the arrays that the call reads; gives those that it writes."""
    arrays = tuple(map(tf.convert_to_tensor, arrays))
    if private.has_tangent(arrays):
        return computed_by_backend(call, arrays)
    return _function(call)(*arrays)


@cache
def _registered() -> str | None:
    """Registers the custom calls, once; why that cannot be, or None."""
    lack = private.lacks_custom_calls()
    if lack:
        return f"TensorFlow {tf.__version__} lacks what the C++ loops need ({lack})"
    shared = library.loaded(library.LOOPS_FOR_XLA)
    message = ctypes.create_string_buffer(library.ROOM)
    refused = shared.keras_gated_xla_register(
        ctypes.c_void_p(private.interface()), message, ctypes.c_int64(library.ROOM)
    )
    if refused:
        return (
            f"TensorFlow {tf.__version__} is older than what the C++ loops were built "
            f"for, and refuses them ({message.value.decode()}); {how_to_build()}"
        )
    return None


@cache
def _function(call: Call) -> Callable[..., Tensors]:
    """The call as a function that can be differentiated."""

    @tf.custom_gradient
    def function(*arrays: Tensor) -> tuple[Tensors, Any]:
        def derivative(*gradients: Tensor) -> list[Tensor | None]:
            numbers = [array for array in arrays if array.dtype.is_floating]
            with tf.GradientTape() as tape:
                tape.watch(numbers)
                same = computed_by_backend(call, arrays)
            found = iter(tape.gradient(same, numbers, gradients))
            return [next(found) if a.dtype.is_floating else None for a in arrays]

        return _custom_call(call, arrays), derivative

    return function


def _custom_call(call: Call, arrays: Tensors) -> Tensors:
    sizes = call.sizes(arrays)
    shapes = tuple(tuple(array.shape) for array in arrays)
    dtype = arrays[call.reads.index("inputs")].dtype
    text = program(call, dtype.name, tuple(sizes.items()), shapes)
    written = [tf.TensorSpec(shape, dtype) for shape in call.write_shapes(sizes)]
    return private.run_program(text, arrays, written, call.target)
