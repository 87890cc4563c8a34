"""A whole model step by step: recurrent layers, one upon the other, and a head."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_gated._keras_layers import origin
from keras_gated.layers import RecurrentLayer, SymbolHead, inference_layer
from keras_gated.streaming.stream import Floats, Stream

_NOTHING_AT_INFERENCE = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
)


class ModelStream:
    """A model that takes its sequence step by step, and keeps its states.

    It runs models whose layers follow each other, as `models.sequence_model` makes
    them: recurrent layers as a `Stream` each, what does nothing at inference, and dense
    layers without an activation, as heads are. The results are those of `predict`.

    The stream has the weights that the model has when it is made, and belongs to one
    thread at a time.

    Args:
        model: A built Keras model from `(batch, time, features)` to an output for every
            step.

    Raises:
        ValueError: If the model has a layer that is none of these, or layers that do
            not follow each other; names it.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.layers import SymbolHead
        >>> from keras_gated.models import sequence_model
        >>> from keras_gated.streaming import ModelStream
        >>> model = sequence_model("gru", 8, SymbolHead(5), input_size=3, num_layers=2)
        >>> x = np.random.default_rng(0).normal(size=(1, 6, 3)).astype("float32")
        >>> stream = ModelStream(model)
        >>> steps = [stream.step(x_t) for x_t in x[0]]
        >>> bool(np.allclose(steps, model.predict(x, verbose=0)[0], atol=1e-5))
        True
    """

    def __init__(self, model: Any) -> None:
        layers = _chain(model)
        self._steps = [
            step for layer in layers if (step := _step_of(model, layer)) is not None
        ]
        if not any(isinstance(step, Stream) for step in self._steps):
            raise ValueError(
                f"The model {model.name!r} has no recurrent layer to stream."
            )
        shape = model.outputs[0].shape
        if len(shape) != 3:
            raise ValueError(
                f"The model {model.name!r} has an output of the shape {shape}, not one "
                "for every step, (batch, time, size)."
            )

    def step(self, x: npt.ArrayLike) -> Floats:
        """Takes a step.

        Args:
            x: `(features,)`.

        Returns:
            The output of the model for the step, `(size,)`.

        Raises:
            ValueError: If `x` has another shape.
        """
        outputs = np.asarray(x, np.float32)
        for step in self._steps:
            outputs = step.step(outputs)
        return outputs

    def reset(self) -> None:
        """Starts anew, from states of zero."""
        for step in self._steps:
            if isinstance(step, Stream):
                step.reset()


class _Dense:
    """The product with the kernel of a dense layer."""

    def __init__(self, layer: Any) -> None:
        self._name = layer.name
        self._kernel = np.array(keras.ops.convert_to_numpy(layer.kernel), np.float32)
        self._bias: Floats | float = 0.0
        if layer.use_bias:
            self._bias = np.array(keras.ops.convert_to_numpy(layer.bias), np.float32)

    def step(self, x: Floats) -> Floats:
        size = len(self._kernel)
        if x.shape != (size,):
            raise ValueError(
                f"A step of the stream of {self._name!r} takes an array of the shape "
                f"{(size,)}. Received {x.shape}."
            )
        return x @ self._kernel + self._bias


def _chain(model: Any) -> list[Any]:
    """The layers of a model from its input to its output."""
    inputs, outputs = getattr(model, "inputs", None), getattr(model, "outputs", None)
    if not inputs or not outputs or len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            "A stream is made from a built Sequential or functional model of one input "
            f"and one output. Received {type(model).__name__} "
            f"{getattr(model, 'name', model)!r}."
        )
    backwards = []
    (tensor,) = outputs
    while tensor is not inputs[0]:
        layer, call = origin(tensor)
        arguments = _arguments(call)
        if arguments:
            raise ValueError(
                f"{layer.name!r} of the model {model.name!r} is called with "
                f"{', '.join(arguments)}. A stream knows the sequence only."
            )
        if len(call.input_tensors) != 1:
            raise ValueError(
                f"The layers of the model {model.name!r} do not follow each other: "
                f"{layer.name!r} takes {len(call.input_tensors)} tensors."
            )
        backwards.append(layer)
        (tensor,) = call.input_tensors
    return backwards[::-1]


def _arguments(call: Any) -> list[str]:
    """What a layer is given besides its inputs, such as states or `training=True`."""
    given = {f"argument {n}": value for n, value in enumerate(call.arguments.args)}
    given = {**given, **call.arguments.kwargs}
    del given["argument 0"]
    return [n for n, value in given.items() if value is not None and value is not False]


def _step_of(model: Any, layer: Any) -> Stream | _Dense | None:
    # Subclasses may do something else.
    if type(layer) in _NOTHING_AT_INFERENCE:
        return None
    if isinstance(inference_layer(layer), RecurrentLayer):
        if not inference_layer(layer).return_sequences:
            raise ValueError(
                f"{layer.name!r} has return_sequences=False. A stream has an output "
                "for every step."
            )
        return Stream(layer)
    if _is_linear(layer):
        return _Dense(layer)
    raise ValueError(
        f"The model {model.name!r} has the layer {layer.name!r}, {type(layer).__name__}"
        ". Recurrent layers of keras_gated can be streamed, and dense layers without "
        "an activation, not quantized."
    )


def _is_linear(layer: Any) -> bool:
    """Whether a layer is the product with its kernel, and nothing else."""
    return (
        isinstance(layer, keras.layers.Dense)
        and type(layer).call in (keras.layers.Dense.call, SymbolHead.call)
        and layer.activation is keras.activations.linear
        and layer.quantization_mode is None
    )
