"""What `CTCLoss` is given, as integers, and what of it cannot be."""

import numpy as np
from keras import ops

from keras_gated._types import Tensor
from keras_gated.losses._ctc import PADDING
from keras_gated.losses.negative_log_likelihood import may_be_equal

_NO_CLASS = 2**31 - 1
"""The number of a symbol that no model has."""


def symbol_numbers(labels: Tensor) -> Tensor:
    """Labels as int32; what is no whole number is the number of no class.

    Raises:
        ValueError: If they are no numbers.
    """
    if not ops.is_tensor(labels):
        # Tensors of JAX have 32 bits: a large number would be another one there.
        labels = np.asarray(labels)
        if labels.dtype.kind not in "biuf":
            raise ValueError(
                "CTCLoss needs labels of numbers of classes; received y_true of "
                f"{labels.dtype}."
            )
        if labels.dtype.kind in "iu":
            labels = np.clip(labels, PADDING, _NO_CLASS).astype(np.int32)
    labels = ops.convert_to_tensor(labels)
    if "float" in str(labels.dtype):
        whole = ops.equal(labels, ops.floor(labels))
        # A cast of more gives anything.
        usable = ops.logical_and(whole, ops.abs(labels) < 2.0**31)
        integers = ops.cast(ops.where(usable, labels, 0), "int32")
        return ops.where(usable, integers, _NO_CLASS)
    return ops.cast(labels, "int32")


def prefix(lengths: Tensor, of: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Lengths as int32, and which steps there are, `(batch, steps)`, by their number.

    Raises:
        ValueError: If they are no integers, or not one for each sequence. If they are
            no tensor, whose values a compiler does not know, also if one is negative
            or more than there are steps.
    """
    batch, steps = of.shape[:2]
    if not ops.is_tensor(lengths):
        lengths = np.asarray(lengths)
    is_integer = "int" in str(lengths.dtype)
    if (
        not (is_integer or 0 in lengths.shape)
        or len(lengths.shape) != 1
        or not may_be_equal(lengths.shape[0], batch)
    ):
        raise ValueError(
            f"CTCLoss needs {name} of shape (batch,), integers; received {name}.shape="
            f"{tuple(lengths.shape)} of {lengths.dtype} for a batch of {batch}."
        )
    if isinstance(lengths, np.ndarray) and steps is not None:
        wrong = (lengths < 0) | (lengths > steps)
        if wrong.any():
            raise ValueError(
                f"CTCLoss needs {name} from 0 to {steps}; received "
                f"{lengths[wrong][0]} for sequence {int(wrong.argmax())}."
            )
    given = ops.cast(lengths, "int32")
    numbers = ops.arange(ops.shape(of)[1], dtype="int32")
    return given, numbers < ops.expand_dims(given, -1)


def is_length(lengths: Tensor, of: Tensor) -> Tensor:
    """Which lengths there can be, `(batch,)`."""
    return ops.logical_and(lengths >= 0, lengths <= ops.shape(of)[1])


def unlearnable(labels: Tensor, which: Tensor) -> Tensor:
    """Labels, in place of some of which stands a symbol that is none."""
    is_first = ops.equal(ops.arange(ops.shape(labels)[1], dtype="int32"), 0)
    none = ops.where(is_first, _NO_CLASS, PADDING)
    return ops.where(ops.expand_dims(which, -1), none, labels)
