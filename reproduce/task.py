"""A data set as a model meets it: sequences, head and loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.losses import NegativeLogLikelihood

SPLITS = ("train", "valid", "test")

Array = np.ndarray[Any, Any]
Pairs = tuple[list[Array], list[Array]]
Measure = Callable[[Any, SequenceBatches], float]
"""A model and the batches of a split to a number, of which less is better."""


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be learnt from a data set.

    Args:
        splits: Inputs and targets, an array `(time, ...)` for each sequence.
        data: `"canonical"` for the paper's data, or what stands in for it.
        source: Where the sequences come from.
        fingerprint: SHA-256 of the data.
        head: Makes the output layer.
        loss: Makes the loss that goes with it.
        output_size: Numbers that the head puts out for a step.
        measures: What is measured on a split besides the loss, by name.
        encoding: How what the data hold became vectors; `""` if there is but one way.
    """

    splits: Mapping[str, Pairs]
    data: str
    source: str
    fingerprint: str
    head: Callable[[], Any]
    loss: Callable[..., NegativeLogLikelihood]
    output_size: int
    measures: Mapping[str, Measure] = field(default_factory=dict)
    encoding: str = ""

    @property
    def identity(self) -> dict[str, Any]:
        """What a trial keeps of it, to be trained on these very data."""
        return {
            "data": self.data,
            "data_fingerprint": self.fingerprint,
            "encoding": self.encoding,
        }

    @property
    def input_size(self) -> int:
        """Entries of the input vector of a step."""
        return int(self.splits["train"][0][0].shape[1])
