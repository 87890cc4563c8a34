"""What the checks need of PyTorch."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import keras
import torch
from torch import distributed

from keras_gated.testing._training_data import EPOCHS, RATE, training_data

COMPILES_TRAINING = False
"""`torch.compile` unrolls the loops of Keras' layers, for minutes."""

PROCESSES: tuple[dict[str, str], ...] = ({"RANK": "0"}, {"RANK": "1"})

KEPT: list[Any] = []
"""What is not taken down: PyTorch may then wait for a thread that waits for Python."""


def interpreted() -> AbstractContextManager[None]:
    """Changes nothing: loops run in Python."""
    return nullcontext()


def compiled() -> AbstractContextManager[None]:
    """Changes nothing."""
    return nullcontext()


def one_program(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is."""
    return function


def double_precision() -> AbstractContextManager[None]:
    """Changes nothing: float64 is there."""
    return nullcontext()


def exported_outputs(model: Any, folder: Path, x: Any) -> Any:
    """What a model computes of an array once it is exported as a program of PyTorch."""
    path = folder / "model.pt2"
    signature = [keras.InputSpec(shape=x.shape, dtype="float32")]
    model.export(path, format="torch", verbose=False, input_signature=signature)
    return torch.export.load(path).module()(torch.from_numpy(x))


def train_on_two_devices(
    load: Callable[[], Any], fit: Callable[[Any], None], folder: Path
) -> Any:
    """Trains the model that `load` gives, this process on its half of each batch.

    Keras 3.15 distributes nothing on PyTorch; its models are modules, which
    `DistributedDataParallel` takes, and are trained by a loop of PyTorch.
    """
    rank = int(os.environ["RANK"])
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=2
    )
    model = load()
    parallel = torch.nn.parallel.DistributedDataParallel(model)
    KEPT.append(parallel)
    optimizer = torch.optim.SGD(parallel.parameters(), RATE)
    x, y = (torch.from_numpy(array) for array in training_data(model))
    half = slice(rank, None, 2)
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        outputs = parallel(x[half], training=True)
        error = torch.mean((outputs - y[half]) ** 2)
        sum(model.losses, error).backward()
        optimizer.step()
    return model
