"""ONNX models of a single node."""

from tests.interchange.peers import FEATURES


def model_of(node, tensors):
    """A model of this node, with initializers of these names and values."""
    # Where it is missing, the tests are skipped.
    import onnx

    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node],
        "test",
        [value("X", onnx.TensorProto.FLOAT, ["time", "batch", FEATURES])],
        [value("outputs", onnx.TensorProto.FLOAT, None)],
        [
            onnx.numpy_helper.from_array(array.astype("float32"), name)
            for name, array in tensors.items()
        ],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
