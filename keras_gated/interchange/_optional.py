"""Packages that only some functions need."""

import importlib
from typing import Any


def optional(name: str) -> Any:
    """Imports a package that is in the extra of its name.

    Raises:
        ImportError: Where it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{name} is not installed: pip install 'keras_gated[{name}]'"
        ) from error
