"""The gates of every recurrent layer of a model."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_gated._types import Tensor
from keras_gated.analysis._arrays import pieces
from keras_gated.recurrence import Observer, unchanged


def gates(
    model: Any, inputs: Any, batch_size: int = 32
) -> dict[str, dict[str, np.ndarray]]:
    """Returns the gates and states of the recurrent layers of a model.

    The model runs as it is, at inference, so each layer is seen with the inputs,
    masks and initial states that it has there, without weight noise or dropout.
    Layers of this package are seen wherever they are: in nested models, wrapped by
    `WeightNoise`, both directions of `keras.layers.Bidirectional`. Cells inside
    `keras.layers.RNN` are not.

    Args:
        model: A built Keras model or layer.
        inputs: What the model takes: an array, or arrays in lists or dictionaries,
            with the sequences on the first axis.
        batch_size: How many sequences are run at a time.

    Returns:
        By the name of the layer what its `gates` method gives, as arrays
        `(batch, time, units)`, half precision made float32. Where the model calls a
        layer twice, or two of the same name, the second call is `"name:2"`.

    Raises:
        ValueError: If the model is not built or calls no such layer, `batch_size` is
            not positive, or the inputs differ in their numbers of sequences.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import PeepholeLSTM
        >>> model = keras.Sequential([
        ...     keras.Input((None, 3)),
        ...     PeepholeLSTM(8, name="memory"),
        ...     keras.layers.Dense(2),
        ... ])
        >>> gates = analysis.gates(model, keras.random.normal((100, 20, 3)))
        >>> gates["memory"]["forget_gate"].shape
        (100, 20, 8)
    """
    found = list(gate_batches(model, inputs, batch_size))
    return {
        layer: {
            name: np.concatenate([batch[layer][name] for batch in found])
            for name in of_layer
        }
        for layer, of_layer in found[0].items()
    }


def gate_batches(
    model: Any, inputs: Any, batch_size: int = 32
) -> Iterator[dict[str, dict[str, np.ndarray]]]:
    """Yields the gates and states of the recurrent layers of a model by batches.

    For more sequences than those whose gates fit into memory. The model is compiled
    once for all batches, and again if the last one is smaller.

    Args:
        model: As for `gates`.
        inputs: Likewise.
        batch_size: Likewise.

    Yields:
        What `gates` returns, for `batch_size` sequences after the other.

    Raises:
        ValueError: As by `gates`.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import GRU
        >>> model = keras.Sequential([keras.Input((None, 3)), GRU(8, name="memory")])
        >>> x = keras.random.normal((100, 20, 3))
        >>> batches = analysis.gate_batches(model, x, batch_size=50)
        >>> [len(batch["memory"]["update_gate"]) for batch in batches]
        [50, 50]
    """
    check_built(model)
    observed = _ObservedModel(model)
    for piece in pieces(inputs, batch_size):
        found = observed.predict_on_batch(piece)
        if not found:
            raise without_recurrent_layer(model)
        seen: dict[str, dict[str, np.ndarray]] = {}
        for (layer, name), values in zip(observed.names, found, strict=True):
            seen.setdefault(layer, {})[name] = values
        yield seen


def check_built(model: Any) -> None:
    """Refuses a model whose weights do not exist yet."""
    if not model.built:
        raise ValueError(
            f"The model {model.name!r} is not built, it has no weights to look at. "
            "Build it, call it on data or load its weights first."
        )


def without_recurrent_layer(model: Any) -> ValueError:
    layers = [layer.name for layer in getattr(model, "layers", [])]
    return ValueError(
        f"The model {model.name!r} calls no recurrent layer of keras_gated. Its layers "
        f"are {layers}. Those of Keras, and keras.layers.RNN with a cell of this "
        "package, do not show their gates."
    )


class _ObservedModel(keras.Model):
    """Puts out what the recurrent layers of a model do instead of its outputs.

    It is a list, and `names` has the layer and the name of each of its tensors: a
    dictionary would lose its order on JAX.
    """

    def __init__(self, model: Any) -> None:
        super().__init__(name="observed_model", dtype="float32", autocast=False)
        self.model = model
        self.names: list[tuple[str, str]] = []

    def call(self, inputs: Any) -> list[Tensor]:
        with unchanged(self.model), Observer() as observer:
            self.model(inputs, training=False)
        seen = {
            (layer, name): values
            for layer, of_layer in observer.seen.items()
            for name, values in of_layer.items()
        }
        self.names = list(seen)
        return [single_precision_at_least(values) for values in seen.values()]


def single_precision_at_least(x: Tensor) -> Tensor:
    half = keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16")
    return ops.cast(x, "float32") if half else x
