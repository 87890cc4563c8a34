"""The contenders: our layers, those of Keras and those of `torch.nn`, as steps."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import NUMBERS, PRODUCT, Step, Workload
from keras_gated import layers

OURS: dict[str, Callable[[int], Any]] = {
    "lstm": lambda units: layers.PeepholeLSTM(units, return_sequences=True),
    "gru": lambda units: layers.GRU(units, return_sequences=True),
    "gru_after": lambda units: layers.GRU(
        units, reset_after=True, return_sequences=True
    ),
    "tanh": lambda units: layers.SimpleRNN(units, return_sequences=True),
}

KERAS: dict[str, Callable[[int], Any]] = {
    "lstm": lambda units: keras.layers.LSTM(units, return_sequences=True),
    "gru": lambda units: keras.layers.GRU(
        units, reset_after=False, return_sequences=True
    ),
    "gru_after": lambda units: keras.layers.GRU(
        units, reset_after=True, return_sequences=True
    ),
    "tanh": lambda units: keras.layers.SimpleRNN(units, return_sequences=True),
}

TORCH = {"lstm": "LSTM", "gru": "GRU", "gru_after": "GRU", "tanh": "RNN"}


class Batch:
    """Random sequences, targets for every step, and a mask of padding on the right."""

    def __init__(self, workload: Workload) -> None:
        rng = np.random.default_rng(0)
        shape = (workload.batch, workload.steps)
        self.workload = workload
        self.x = normal(rng, (*shape, workload.features))
        self.y = normal(rng, (*shape, workload.units))
        lengths = rng.integers(
            (workload.steps + 1) // 2, workload.steps + 1, size=(workload.batch, 1)
        )
        self.mask = np.arange(workload.steps) < lengths


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Normal numbers, drawn in the single precision they stay in."""
    return rng.standard_normal(size=shape, dtype=np.float32)


def build(
    contender: str, unit: str, batch: Batch, jit: bool, numbers: str = "float32"
) -> dict[str, Step]:
    """The steps `training` and `inference` of one contender on one batch."""
    keras.config.set_dtype_policy(NUMBERS[numbers])
    units = batch.workload.units
    match contender:
        case "ours":
            return keras_steps(OURS[unit](units), batch, jit)
        case "ours, masked":
            return keras_steps(OURS[unit](units), batch, jit, masked=True)
        case "keras":
            return keras_steps(KERAS[unit](units), batch, jit)
        case "keras, masked":
            return keras_steps(KERAS[unit](units), batch, jit, masked=True)
        case "torch.nn":
            return torch_steps(TORCH[unit], batch, numbers)
    raise ValueError(f"There is no contender {contender!r}.")


def keras_steps(
    layer: Any, batch: Batch, jit: bool, masked: bool = False
) -> dict[str, Step]:
    """The whole of `train_on_batch` and of `predict_on_batch`.

    A GPU has the batch already, and gives the sums of the outputs: to bring whole ones
    there and back would take longer than all the rest.
    """
    inputs = keras.Input(batch.x.shape[1:])
    x, y = there(batch.x), there(batch.y)
    if masked:
        mask = keras.Input(batch.mask.shape[1:], dtype="bool")
        model = keras.Model([inputs, mask], layer(inputs, mask=mask))
        given: Any = [x, there(batch.mask)]
    else:
        model, given = keras.Sequential([inputs, layer]), x
    model.compile("sgd", "mse", jit_compile=jit)
    reader = model
    if device() == "gpu":
        sums = keras.ops.sum(model.outputs[0], axis=(1, 2))
        reader = keras.Model(model.inputs, sums)
        reader.compile(jit_compile=jit)
    return {
        "training": lambda: model.train_on_batch(given, y),
        "inference": lambda: reader.predict_on_batch(given),
    }


def there(array: NDArray[Any]) -> Any:
    """An array where the backend computes, if that is a GPU."""
    return keras.ops.convert_to_tensor(array) if device() == "gpu" else array


def torch_steps(kind: str, batch: Batch, numbers: str = "float32") -> dict[str, Step]:
    """The same without Keras; weights and states are of the type `numbers`."""
    import torch

    place, dtype = torch_device(), getattr(torch, numbers)
    network = getattr(torch.nn, kind)(
        batch.workload.features, batch.workload.units, batch_first=True
    ).to(place, dtype)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    x, y = (torch.from_numpy(array).to(place) for array in (batch.x, batch.y))

    def training() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(network(x.to(dtype))[0].float(), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def inference() -> NDArray[np.float32]:
        with torch.no_grad():
            outputs = network(x.to(dtype))[0].float()
            if device() == "gpu":
                outputs = outputs.sum((1, 2))
            return outputs.cpu().numpy()

    return {"training": training, "inference": inference}


def matrix_product(numbers: str = "float32") -> Step:
    """One big product of numbers of a type."""
    size = PRODUCT[device()]
    if keras.backend.backend() == "jax" and device() == "gpu":
        import jax

        b = jax.random.uniform(jax.random.key(0), (size, size)).astype(numbers)
        # XLA would leave out what is not asked for of the product.
        product = jax.jit(lambda b: b @ b)
        return lambda: product(b).block_until_ready()
    import torch

    dtype = getattr(torch, numbers)
    a = torch.rand(size, size, device=torch_device()).to(dtype)
    # A sum over one row makes a GPU finish, and costs next to nothing.
    return lambda: torch.matmul(a, a)[0].sum().item()


def device() -> str:
    """Where the backend computes, `cpu` or `gpu`."""
    match keras.backend.backend():
        case "jax":
            import jax

            return str(jax.default_backend())
        case "tensorflow":
            import tensorflow as tf

            return "gpu" if tf.config.list_physical_devices("GPU") else "cpu"
    import torch

    return "gpu" if torch.cuda.is_available() else "cpu"


def card() -> str | None:
    """The name of the GPU, if the backend computes on one."""
    if device() == "cpu":
        return None
    if keras.backend.backend() == "jax":
        import jax

        return str(jax.devices()[0].device_kind)
    import torch

    return str(torch.cuda.get_device_name())


def torch_device() -> str:
    """Where PyTorch finds what the backend computes on."""
    return "cuda" if device() == "gpu" else "cpu"
