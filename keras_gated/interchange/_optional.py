"""Packages that only some functions need."""

import importlib
from typing import Any

from keras_gated._extras import needing


def optional(name: str, extra: str = "") -> Any:
    """Imports a package that is in the extra of its name, or in another.

    Raises:
        ImportError: Where it is not installed.
    """
    with needing(f"{name} is not installed", extra or name):
        return importlib.import_module(name)
