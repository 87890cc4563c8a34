"""The few instructions of a pickle that lists of notes are made of, and no others.

`pickle.Unpickler` can be kept from calling what it should not, but not from falling: a
tuple in a tuple in a tuple as the key of a dictionary overruns the stack of the
process, and keys that share a hash keep it busy for hours.
"""

import pickletools
import re
import warnings
from collections.abc import Callable
from typing import Any


class _Dtype:
    """Stands in for `numpy.dtype`, of integers only."""

    def __init__(self, code: Any, *alignment_and_copy: Any) -> None:
        if not isinstance(code, str):
            raise ValueError(f"no integer dtype: a {type(code).__name__}")
        if not re.fullmatch("[iu][1248]", code):
            raise ValueError(f"no integer dtype: {code[:20]!r}")
        self.signed = code[0] == "i"
        self.size = int(code[1])
        self.byteorder = "<"

    def integer(self, content: Any) -> int:
        if isinstance(content, str):
            content = content.encode("latin1")
        if not isinstance(content, bytes) or len(content) != self.size:
            raise ValueError(f"no integer of {self.size} bytes")
        if self.byteorder == ">":
            content = content[::-1]
        return int.from_bytes(content, "little", signed=self.signed)


_DTYPE, _SCALAR = "numpy.dtype", "numpy.core.multiarray.scalar"
_FUNCTIONS = {
    "numpy dtype": _DTYPE,
    "numpy.core.multiarray scalar": _SCALAR,
    "numpy._core.multiarray scalar": _SCALAR,
}


class _Function:
    """What a pickle may call."""

    def __init__(self, name: str) -> None:
        if name not in _FUNCTIONS:
            raise ValueError(f"it asks for {name.replace(' ', '.')}, refused")
        self.name = _FUNCTIONS[name]

    def __call__(self, arguments: Any) -> Any:
        if not isinstance(arguments, tuple):
            raise ValueError("a call without a tuple of arguments")
        if self.name == _DTYPE:
            return _Dtype(*arguments)
        dtype, content = arguments
        if not isinstance(dtype, _Dtype):
            raise ValueError("an integer without a dtype")
        return dtype.integer(content)


def unpickle(content: bytes) -> Any:
    """Returns the numbers, strings, lists, tuples and dictionaries of a pickle.

    Integers of NumPy become those of Python. The keys of a dictionary are strings.

    Raises:
        ValueError: Where the pickle is not whole, or asks for anything else.
    """
    machine = _Machine()
    try:
        with warnings.catch_warnings():
            # Of strings whose escapes Python does not know.
            warnings.simplefilter("ignore", DeprecationWarning)
            for opcode, argument, _ in pickletools.genops(content):
                if opcode.name not in _INSTRUCTIONS:
                    raise ValueError(f"it has the instruction {opcode.name}, refused")
                _INSTRUCTIONS[opcode.name](machine, argument)
        return machine.stack.pop()
    except (IndexError, KeyError, TypeError) as error:
        raise ValueError(f"its instructions do not fit together: {error}") from error


class _Machine:
    """The stack and the memo, and what the instructions do with them."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def get(self, place: int) -> None:
        self.stack.append(self.memo[place])

    def put(self, place: int) -> None:
        self.memo[place] = self.stack[-1]

    def memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def mark(self, _: Any) -> None:
        self.marks.append(len(self.stack))

    def pop(self, _: Any) -> None:
        del self.stack[-1]

    def since_mark(self) -> list[Any]:
        return self.last(len(self.stack) - self.marks.pop())

    def last(self, count: int) -> list[Any]:
        start = len(self.stack) - count
        if not 0 <= start <= len(self.stack):
            raise IndexError("the stack is too short")
        values = self.stack[start:]
        del self.stack[start:]
        return values

    def extend(self, values: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise TypeError("items for what is no list")
        self.stack[-1].extend(values)

    def update(self, values: list[Any]) -> None:
        keys = values[::2]
        if not isinstance(self.stack[-1], dict) or len(values) % 2:
            raise TypeError("pairs for what is no dictionary, or half a pair")
        if not all(isinstance(key, str) for key in keys):
            raise TypeError("a key that is no string")
        self.stack[-1].update(zip(keys, values[1::2], strict=True))

    def dictionary(self, _: Any) -> None:
        values = self.since_mark()
        self.stack.append({})
        self.update(values)

    def find(self, name: str) -> None:
        self.stack.append(_Function(name))

    def find_on_stack(self, _: Any) -> None:
        module, name = self.last(2)
        self.find(f"{module} {name}")

    def call(self, _: Any) -> None:
        function, arguments = self.last(2)
        if not isinstance(function, _Function):
            raise TypeError("a call of what is no function")
        self.stack.append(function(arguments))

    def set_state(self, _: Any) -> None:
        (state,) = self.last(1)
        dtype = self.stack[-1]
        if not (isinstance(dtype, _Dtype) and isinstance(state, tuple)):
            raise TypeError("a state for what is no dtype")
        dtype.byteorder = state[1]


def _nothing(machine: _Machine, _: Any) -> None:
    pass


def _make(value: Any) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.push(value())


def _tuple_of(count: int) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.push(tuple(machine.last(count)))


_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    **dict.fromkeys(
        [
            "INT",
            "BININT",
            "BININT1",
            "BININT2",
            "LONG",
            "LONG1",
            "LONG4",
            "FLOAT",
            "BINFLOAT",
            "STRING",
            "BINSTRING",
            "SHORT_BINSTRING",
            "BINBYTES",
            "SHORT_BINBYTES",
            "BINBYTES8",
            "UNICODE",
            "BINUNICODE",
            "SHORT_BINUNICODE",
            "BINUNICODE8",
        ],
        _Machine.push,
    ),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.get),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _Machine.put),
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), _nothing),
    "NONE": _make(lambda: None),
    "NEWTRUE": _make(lambda: True),
    "NEWFALSE": _make(lambda: False),
    "EMPTY_LIST": _make(list),
    "EMPTY_DICT": _make(dict),
    "EMPTY_TUPLE": _make(tuple),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.since_mark())),
    "LIST": lambda machine, _: machine.push(machine.since_mark()),
    "DICT": _Machine.dictionary,
    "APPEND": lambda machine, _: machine.extend(machine.last(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.since_mark()),
    "SETITEM": lambda machine, _: machine.update(machine.last(2)),
    "SETITEMS": lambda machine, _: machine.update(machine.since_mark()),
    "MARK": _Machine.mark,
    "MEMOIZE": _Machine.memoize,
    "POP": _Machine.pop,
    "GLOBAL": _Machine.find,
    "STACK_GLOBAL": _Machine.find_on_stack,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.set_state,
}
