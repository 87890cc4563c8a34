"""What this package uses of TensorFlow that is not public; nothing else does.

Seen in TensorFlow 2.20 and 2.21. The C++ loops are not taken where another version
lacks what they need of it.
"""

import ctypes
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import tensorflow as tf

from keras_gated._types import Tensor, Tensors

LIBRARY = (
    "libtensorflow_cc.2.dylib" if sys.platform == "darwin" else "libtensorflow_cc.so.2"
)
"""The file of TensorFlow that has XLA in it."""

INTERFACE = "_ZN3xla3ffi12GetXlaFfiApiEv"
"""`xla::ffi::GetXlaFfiApi()` there, which gives what XLA offers to custom calls."""

OPERATOR_VERSION = 9
"""That of the rules of `XlaCallModule` which our programs keep."""

USES_UNKNOWN_SIZES = "jax.uses_shape_polymorphism"
"""The attribute that has `XlaCallModule` put in the sizes of what it is run on."""


@cache
def lacks_custom_calls() -> str | None:
    """What TensorFlow lacks of what custom calls need; None if it has all."""
    try:
        _operator()
        _interface()
    except (ImportError, OSError, AttributeError) as error:
        return str(error)
    return None


def interface() -> int:
    """The address of the struct of functions that XLA offers to custom calls."""
    function = _interface()
    function.restype = ctypes.c_void_p
    return int(function())


def run_program(
    text: str,
    arrays: Tensors,
    written: Sequence[tf.TensorSpec],
    target: str,
) -> Tensors:
    """Runs a program in the text of StableHLO.

    Args:
        text: The program.
        arrays: What it is given.
        written: What it gives.
        target: The custom call in it, which TensorFlow would refuse otherwise.
    """
    results = _operator()(
        args=arrays,
        version=OPERATOR_VERSION,
        module=text,
        Sout=[spec.shape for spec in written],
        Tout=[spec.dtype for spec in written],
        platforms=["CPU"],
        disabled_checks=[f"custom_call:@{target}"],
    )
    return tuple(results)


def is_exporting() -> bool:
    """Whether a graph is being traced that may be run without this package.

    Whatever writes graphs to files, or turns them into others, has them traced by
    `get_concrete_function`; what is to be run here is traced when it is first called.
    """
    if tf.executing_eagerly():
        return False
    tracers, frame = _tracers(), _caller()
    while frame is not None:
        if frame.f_code in tracers:
            return True
        frame = frame.f_back
    return False


def is_recorded_without(tensor: Tensor) -> bool:
    """Whether a `GradientTape` is at work now, but none that watches the tensor."""
    from tensorflow.python.eager import record

    return record.could_possibly_record() and not record.should_record_backprop(
        [tensor]
    )


def has_tangent(tensors: Tensors) -> bool:
    """Whether a `ForwardAccumulator` carries a derivative of one of them forward.

    It finds none behind `tf.custom_gradient`, and says in a graph that it is zero.
    """
    from tensorflow.python.eager import forwardprop_util

    return bool(forwardprop_util.pack_tangents(list(tensors)).tangents)


def _operator() -> Any:
    from tensorflow.compiler.tf2xla.ops.gen_xla_ops import xla_call_module

    return xla_call_module


def _interface() -> Any:
    return ctypes.CDLL(str(Path(tf.sysconfig.get_lib(), LIBRARY)))[INTERFACE]


@cache
def _tracers() -> frozenset[CodeType]:
    """The code of the methods that trace a function without calling it."""
    kind = type(tf.function(lambda: None))
    names = ("get_concrete_function", "_get_concrete_function_garbage_collected")
    return frozenset(getattr(kind, name).__code__ for name in names)


def _caller() -> FrameType | None:
    return sys._getframe(1)
