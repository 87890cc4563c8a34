"""The error of results that cannot be kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotStoredError(OSError):
    """A file of results cannot be written, whichever trial it is of."""


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Tells errors of writing `path` from those of all else.

    Raises:
        NotStoredError: If an `OSError` is raised inside.
    """
    try:
        yield
    except OSError as error:
        raise NotStoredError(f"{path} cannot be written: {error}") from error
