"""The C++ loops as custom calls of XLA, under the transformations of JAX."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import numpy as np
from jax.custom_batching import sequential_vmap
from jax.experimental.custom_partitioning import custom_partitioning
from jax.extend.core import Primitive
from jax.interpreters import mlir
from jax.sharding import NamedSharding, PartitionSpec

from keras_gated._types import Tensor, Tensors
from keras_gated.recurrence.native import library
from keras_gated.recurrence.native.call import READS, Call, target
from keras_gated.recurrence.native.how_to_build import how_to_build
from keras_gated.recurrence.native.layout import numbers
from keras_gated.recurrence.native.reference import computed_by_backend
from keras_gated.recurrence.operands import Operands


def missing() -> str | None:
    """Why the loops cannot be used in this process; None if they can."""
    if jax.default_backend() != "cpu":
        return f"JAX computes on a {jax.default_backend()}; the C++ loops need a CPU"
    return library.missing(library.LOOPS_FOR_XLA) or _registered()


def on_this_device(operands: Operands) -> bool:
    """Whether the tensors are what the loops work on.

    Exported with unknown sizes they are not.
    """
    return all(isinstance(size, int) for size in operands.inputs.shape)


def run(call: Call, arrays: Tensors) -> Tensors:
    """Runs a loop over the arrays that the call reads; gives those that it writes."""
    return _function(call)(*arrays)


@cache
def _registered() -> str | None:
    """Registers the custom calls, once; why XLA refuses them, or None."""
    shared = library.loaded(library.LOOPS_FOR_XLA)
    try:
        for direction in READS:
            name = target(direction)
            function = getattr(shared, f"keras_gated_xla_{direction}")
            jax.ffi.register_ffi_target(
                name, jax.ffi.pycapsule(function), platform="cpu"
            )
    except RuntimeError as error:
        return (
            "this jaxlib is older than the one that the C++ loops were built for, and "
            f"refuses them ({error}); {how_to_build()}"
        )
    return None


@cache
def _function(call: Call) -> Callable[..., Tensors]:
    """The call as a function that can be batched, spread and differentiated."""

    @jax.custom_jvp
    def function(*arrays: Tensor) -> Tensors:
        return sequential_vmap(_spread(call))(*arrays)

    @function.defjvp
    def derivative(arrays: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
        def same(*arrays: Tensor) -> Tensors:
            return computed_by_backend(call, arrays)

        return function(*arrays), jax.jvp(same, arrays, tangents)[1]

    return function


def _spread(call: Call) -> Callable[..., Tensors]:
    """The call, on each device with the part of the batch that is there.

    What is summed over the batch is summed over the devices.
    """

    def partition(mesh: Any, arguments: Any, results: Any) -> Any:
        over = _batch_axes(call, arguments)

        def sharding(axes: str) -> NamedSharding:
            spec = (over if axis == "b" else None for axis in axes)
            return NamedSharding(mesh, PartitionSpec(*spec))

        def local(*arrays: Tensor) -> Tensors:
            return tuple(
                jax.lax.psum(result, over) if over and "b" not in axes else result
                for axes, result in zip(call.write_axes, bind(*arrays), strict=True)
            )

        return (
            mesh,
            local,
            tuple(map(sharding, call.write_axes)),
            tuple(map(sharding, call.read_axes)),
        )

    def infer(mesh: Any, arguments: Any, results: Any) -> Any:
        return partition(mesh, arguments, results)[2]

    def bind(*arrays: Tensor) -> Tensors:
        return tuple(_loop.bind(*arrays, call=call))

    function = custom_partitioning(bind)
    # In the order in which they appear in the rule, which Shardy wants.
    all_axes = dict.fromkeys("".join((*call.read_axes, *call.write_axes)))
    function.def_partition(
        partition=partition,
        infer_sharding_from_operands=infer,
        sharding_rule=_sharding_rule(call),
        need_replication_factors=tuple(axis for axis in all_axes if axis != "b"),
    )
    return function


def _sharding_rule(call: Call) -> str:
    sides = (call.read_axes, call.write_axes)
    return " -> ".join(", ".join(" ".join(axes) for axes in side) for side in sides)


def _batch_axes(call: Call, arguments: Any) -> Any:
    """The axes of the mesh over which the batch is spread, if it is."""
    for axes, argument in zip(call.read_axes, arguments, strict=True):
        spec = argument.sharding.spec
        if "b" in axes and axes.index("b") < len(spec) and spec[axes.index("b")]:
            return spec[axes.index("b")]
    return None


_loop = Primitive("keras_gated_loop")
_loop.multiple_results = True


@_loop.def_impl
def _eager(*arrays: Tensor, call: Call) -> Any:
    # A custom call exists in compiled programs only.
    with jax.disable_jit(False):
        return _program(call)(*arrays)


@cache
def _program(call: Call) -> Callable[..., Any]:
    """The call alone, compiled."""
    return jax.jit(lambda *arrays: _loop.bind(*arrays, call=call))


@_loop.def_abstract_eval
def _abstract(*arrays: Any, call: Call) -> Any:
    like = arrays[call.reads.index("recurrent_kernel")]
    return [like.update(shape=shape) for shape in call.write_shapes(call.sizes(arrays))]


def _lowered(context: Any, *values: Any, call: Call) -> Any:
    """A custom call; what is exported is to run without this package."""
    if context.module_context.lowering_parameters.for_export:

        def function(*arrays: Tensor) -> Tensors:
            return computed_by_backend(call, arrays)

    else:

        def function(*arrays: Tensor) -> Tensors:
            return _custom_call(call, arrays)

    return mlir.lower_fun(function, multiple_results=True)(context, *values)


mlir.register_lowering(_loop, _lowered)


def _custom_call(call: Call, arrays: Tensors) -> Tensors:
    sizes = call.sizes(arrays)
    dtype = arrays[call.reads.index("recurrent_kernel")].dtype
    results = [jax.ShapeDtypeStruct(s, dtype) for s in call.write_shapes(sizes)]
    return jax.ffi.ffi_call(call.target, results)(
        *arrays,
        # In the place of the threads stand the devices that share those of the CPU.
        sizes=np.array(numbers(call.unit, sizes, jax.local_device_count()), np.int64),
        **{name: np.int64(mask) for name, mask in call.masks.items()},
    )
