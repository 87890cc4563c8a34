"""Loading of saved models."""

import os
from collections.abc import Mapping
from typing import Any

import keras

__all__ = ["load_model"]


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Loads a model with layers of this package that `model.save` wrote.

    This is `keras.models.load_model`, which knows these layers, losses, metrics and
    initializers only where something of `keras_gated` has been imported before, and
    otherwise ends with "Could not locate class". Called from here it cannot happen.

    Args:
        filepath: The file, `.keras` or `.h5`.
        custom_objects: Classes and functions of your own that the model needs and that
            are not registered with Keras, by their names.
        compile: Whether to compile the model as it was when it was saved.
        safe_mode: Whether to refuse a file with a `lambda`, whose code would run.

    Returns:
        The model.

    Raises:
        TypeError: If a class of the model is not known.
        ValueError: If there is no such file, or `safe_mode` refuses it.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import keras
        >>> import keras_gated
        >>> gru = keras_gated.layers.GRU(4)
        >>> model = keras.Sequential([keras.Input((None, 3)), gru])
        >>> path = Path(tempfile.mkdtemp()) / "model.keras"
        >>> model.save(path)
        >>> keras_gated.load_model(path).layers[0].units
        4
    """
    objects = None if custom_objects is None else dict(custom_objects)
    return keras.models.load_model(
        filepath, custom_objects=objects, compile=compile, safe_mode=safe_mode
    )
