"""What every command of this folder does around its work."""

import os
import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ONE_THREAD = {
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
"""Environment that keeps every backend to one thread, if set before it is loaded."""

INTERRUPTED = 130
"""The exit status after Ctrl-C."""


class WithBackend(Protocol):
    """Options of a command that needs a backend: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def backend(self) -> str: ...


AnyOptions = TypeVar("AnyOptions", bound=WithBackend)


def run_command(work: Callable[[AnyOptions], int], options: AnyOptions) -> int:
    """Does the work of a command on the backend that its options name.

    Args:
        work: Gives the exit status. Nothing before it may have imported Keras, which
            reads its backend once.
        options: What the command line asks for.

    Returns:
        The exit status: that of the work, 1 if its input was bad, which is told on
        the standard error, 130 after Ctrl-C.
    """
    os.environ.update(ONE_THREAD, KERAS_BACKEND=options.backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with warnings.catch_warnings():
        warnings.showwarning = write_warning
        try:
            return work(options)
        except (ImportError, OSError, ValueError) as error:
            print(f"error: {as_typed(str(error), options)}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return INTERRUPTED


def as_typed(message: str, options: "DataclassInstance") -> str:
    """A message of the library, with the options that it names as they are typed."""
    names = [field.name for field in fields(options) if "_" in field.name]
    for name in names:
        flag = f"--{name.replace('_', '-')}"
        message = re.sub(rf"(?<![\w/.-]){name}(?![\w/-]|\.\w)", flag, message)
    return message


def shown_default(value: object) -> str | None:
    """The default of an option as its help shows it, if it is a value.

    What happens without an option whose default is none of its values is for its help
    to say.
    """
    if value is None or value is False or value == ():
        return None
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def write_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    """Stands in for `warnings.showwarning`: one line, and none of the source."""
    sys.stderr.write(f"warning: {' '.join(str(message).split())}\n")
