"""ONNX models of recurrent layers and of chains of layers."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import keras

from keras_gated._files import replacing
from keras_gated._types import Shape
from keras_gated.interchange._onnx_nodes import Graph, add_layer
from keras_gated.interchange._optional import optional
from keras_gated.interchange._weights import read_layer
from keras_gated.layers import inference_layer

# Old enough for runtimes of 2022 and later.
OPSET = 17
IR_VERSION = 8


def to_onnx(model: Any) -> Any:
    """Makes an ONNX model of a recurrent layer or of a model that is a chain of layers.

    Recurrent layers become `LSTM` nodes, with peepholes if they have them, `GRU` nodes
    with `linear_before_reset` for `reset_after=True`, and `RNN` nodes. Only the weights
    are read, so it works the same on every Keras backend. The model computes in
    float32, for any batch and any number of steps.

    Args:
        model: A built recurrent layer, or a functional or sequential model with one
            input `(batch, time, features)` in which each layer takes what the one
            before it puts out. Known are the recurrent layers of this package and of
            Keras, `Dense`, `BernoulliHead`, `MDNHead`, each also in `WeightNoise` or
            another wrapper of its weights, and `Dropout`, which does nothing without
            training.

    Returns:
        An `onnx.ModelProto` with the input `inputs` and the output `outputs`.

    Raises:
        ValueError: If the model is no chain, or a layer cannot be written: names it.
        ImportError: Where onnx is not installed.

    Examples:
        >>> from keras_gated.interchange import to_onnx
        >>> from keras_gated.layers import BernoulliHead
        >>> from keras_gated.models import sequence_model
        >>> model = sequence_model("lstm", 36, BernoulliHead(88), input_size=88)
        >>> [node.op_type for node in to_onnx(model).graph.node]
        ['Transpose', 'LSTM', 'Squeeze', 'Transpose', 'MatMul', 'Add', 'Identity']
    """
    if isinstance(model, keras.Model):
        layers, features = list(_chain(model)), _features(model)
    else:
        layers, features = [inference_layer(model)], read_layer(model).features
    onnx = optional("onnx")
    graph = Graph(onnx)
    name = "inputs"
    for layer in layers:
        name = add_layer(graph, layer, name)
    graph.node("Identity", [name], "outputs")
    shape = model.compute_output_shape((None, None, features))
    return _model_proto(onnx, graph, model.name, features, shape)


def export_onnx(model: Any, path: str | PathLike[str]) -> None:
    """Writes what `to_onnx` makes to a file, whole or not at all.

    Args:
        model: As for `to_onnx`.
        path: The file, by convention `*.onnx`.

    Raises:
        ValueError: If the model cannot be written; names the layer.
        ImportError: Where onnx is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from keras_gated.interchange import export_onnx
        >>> from keras_gated.layers import BernoulliHead
        >>> from keras_gated.models import sequence_model
        >>> model = sequence_model("gru", 46, BernoulliHead(88), input_size=88)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "model.onnx"
        ...     export_onnx(model, path)
        ...     path.stat().st_size > 22_766 * 4
        True
    """
    content = to_onnx(model).SerializeToString()
    with replacing(Path(path)) as file:
        file.write(content)


def _chain(model: Any) -> Iterator[Any]:
    """The layers of a model, each of which takes what the one before it puts out."""
    if not model.built:
        raise ValueError(
            f"The model {model.name!r} has no weights yet. Call it on data first."
        )
    if len(getattr(model, "inputs", None) or ()) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"The model {model.name!r} is not a functional or sequential one with one "
            "input and one output."
        )
    tensor = model.inputs[0]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if layer.input is not tensor:
            raise ValueError(
                f"The layer {layer.name!r} does not take what the layer before it puts "
                "out, and nothing else. Only chains of layers are written to ONNX."
            )
        tensor = layer.output
        yield inference_layer(layer)
    if tensor is not model.outputs[0]:
        raise ValueError(
            f"The model {model.name!r} does not put out what its last layer does."
        )


def _features(model: Any) -> int:
    shape = model.inputs[0].shape
    if len(shape) != 3 or shape[2] is None:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape {tuple(shape)}. Needed "
            "are (batch, time, features)."
        )
    return int(shape[2])


def _model_proto(
    onnx: Any, graph: Graph, name: str, features: int, output_shape: Shape
) -> Any:
    value = onnx.helper.make_tensor_value_info
    real = onnx.TensorProto.FLOAT
    free = ["batch", "time"]
    proto = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            name,
            [value("inputs", real, [*free, features])],
            [
                value(
                    "outputs", real, [*free[: len(output_shape) - 1], output_shape[-1]]
                )
            ],
            graph.constants,
        ),
        producer_name="keras_gated",
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(proto, full_check=True)
    return proto
