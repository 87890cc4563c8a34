"""A call of the library as a program in StableHLO, the language of XLA."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from keras_gated.recurrence._tensorflow_private import USES_UNKNOWN_SIZES
from keras_gated.recurrence.native.call import READS, Call
from keras_gated.recurrence.native.layout import AXES, numbers

Size = int | None
Shape = tuple[Size, ...]

UNKNOWN = -1
"""In the place of a size that the library is to read from the arrays of a call."""

TYPES = {"float32": "f32", "bfloat16": "bf16", "bool": "i1"}


@lru_cache(maxsize=1024)
def program(
    call: Call,
    number: str,
    sizes: tuple[tuple[str, Size], ...],
    shapes: tuple[Shape, ...],
) -> str:
    """The text of a program that makes the call.

    Where the shape of a result is not known, XLA wants it as one more argument of the
    custom call, which it takes away when it puts in the sizes.

    Args:
        call: The call.
        number: The name of the type of all numbers in it.
        sizes: How long each axis is; `None` where that is known when it is run only.
        shapes: Those of the arrays that the call reads.
    """
    lengths = dict(sizes)
    results = [_tensor(shape, number) for shape in call.write_shapes(lengths)]
    types = [
        _tensor(shape, READS[call.direction][name].dtype_among(number))
        for name, shape in zip(call.reads, shapes, strict=True)
    ]
    arguments = [f"%read{number}" for number in range(len(types))]
    signature = ", ".join(map("{}: {}".format, arguments, types))
    attributes = [
        f'call_target_name = "{call.target}"',
        "api_version = 4 : i32",
        f"backend_config = {{{', '.join(_settings(call, lengths))}}}",
    ]
    lines: list[str] = []
    if any("?" in result for result in results):
        places = range(len(types), len(types) + len(results))
        attributes.append(
            f"indices_of_shape_operands = dense<{list(places)}> : "
            f"tensor<{len(results)}xi64>"
        )
        lines += _lengths(call, lengths, dict(zip(call.reads, types, strict=True)))
        for place, axes in enumerate(call.write_axes):
            type_ = f"tensor<{len(axes)}xi32>"
            lines.append(
                f"%shape{place} = stablehlo.concatenate {_listed(axes, '%{}')}, "
                f"dim = 0 : ({_listed(axes, 'tensor<1xi32>')}) -> {type_}"
            )
            arguments.append(f"%shape{place}")
            types.append(type_)
    given, written = ", ".join(types), ", ".join(results)
    lines += [
        f'%written:{len(results)} = "stablehlo.custom_call"({", ".join(arguments)}) '
        f"{{{', '.join(attributes)}}} : ({given}) -> ({written})",
        f"return {_listed(range(len(results)), '%written#{}')} : {written}",
    ]
    body = "\n    ".join(lines)
    return f"""module attributes {{{USES_UNKNOWN_SIZES} = true}} {{
  func.func public @main({signature}) -> ({written}) {{
    {body}
  }}
}}"""


def _settings(call: Call, lengths: Mapping[str, Size]) -> Iterator[str]:
    known = {
        axis: UNKNOWN if lengths[axis] is None else lengths[axis] or 0 for axis in AXES
    }
    # In the place of the threads stand the devices that share those of the CPU.
    sizes = numbers(call.unit, known, 1)
    yield f"sizes = array<i64: {_listed(sizes)}>"
    for name, bits in call.masks.items():
        yield f"{name} = {bits} : i64"


def _lengths(
    call: Call, lengths: Mapping[str, Size], types: Mapping[str, str]
) -> Iterator[str]:
    """Lines that name the length of each axis of the results by its letter."""
    inputs = call.reads.index("inputs")
    for axis in dict.fromkeys("".join(call.write_axes)):
        if lengths[axis] is None:
            dimension = READS[call.direction]["inputs"].axes.index(axis)
            yield (
                f"%{axis}0 = stablehlo.get_dimension_size %read{inputs}, "
                f"dim = {dimension} : ({types['inputs']}) -> tensor<i32>"
            )
            yield (
                f"%{axis} = stablehlo.reshape %{axis}0 : (tensor<i32>) -> tensor<1xi32>"
            )
        else:
            yield f"%{axis} = stablehlo.constant dense<{lengths[axis]}> : tensor<1xi32>"


def _tensor(shape: Iterable[Size], dtype: str) -> str:
    sizes = "".join(f"{'?' if size is None else size}x" for size in shape)
    return f"tensor<{sizes}{TYPES[dtype]}>"


def _listed(items: Iterable[object], form: str = "{}") -> str:
    return ", ".join(form.format(item) for item in items)
