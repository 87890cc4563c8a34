"""Packages that only some functions need, and the extras that bring them."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needing(what: str, extra: str) -> Iterator[None]:
    """Names the extra to install where an import inside the block fails.

    Args:
        what: What needs which package, the first part of the message.
        extra: Name of the extra.

    Raises:
        ImportError: Where the import failed.

    Examples:
        >>> from keras_gated._extras import needing
        >>> with needing("This example needs nothing", "docs"):
        ...     import keras
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(f'{what}: pip install "keras_gated[{extra}]"') from error
