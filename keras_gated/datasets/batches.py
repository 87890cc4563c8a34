"""Batches of sequences of different lengths, in few shapes."""

import random
from collections.abc import Sequence
from typing import Any, Self, TypeAlias

import keras
import numpy as np
import numpy.typing as npt

from keras_gated.datasets._padding import choose_padded_lengths

Array: TypeAlias = npt.NDArray[Any]


class SequenceBatches(keras.utils.PyDataset):
    """Pads sequences to a few lengths and serves them to `fit` and `evaluate`.

    A batch is `(inputs, targets, sample_weight)` of shapes `(batch, time, ...)`,
    `(batch, time, ...)` and `(batch, time)`. The weight is 1 at every step of a
    sequence, whatever it holds, and 0 at padding: after the end of a sequence, and in
    the rows that fill an incomplete batch up. So all batches of one padded length
    have one shape, and a compiled model is compiled once for each padded length.

    With `shuffle`, epoch k draws its order from `seed` and k alone: which sequences
    of a bucket share a batch, and the order of the batches. The epoch advances when
    Keras says that one has ended, which it also says when `fit` sets out. Let `fit`
    number the epochs itself to get the same order in a resumed run, and keep it from
    shuffling once more by Python's global random state:

    ```python
    model.fit(
        batches,
        shuffle=False,
        initial_epoch=7,
        epochs=100,
        callbacks=[batches.epoch_callback()],
    )
    ```

    Give `fit` no `steps_per_epoch`: an epoch is all batches.

    Args:
        inputs: Arrays `(time, ...)`, one for each sequence.
        targets: Arrays `(time, ...)`, as long as their inputs.
        batch_size: Rows of every batch.
        shuffle: Whether every epoch has its own order.
        seed: Non-negative integer; drawn from Python's global random state, which
            `keras.utils.set_random_seed` sets, if `None`.
        padded_lengths: How many lengths to pad to at most, chosen such that the
            fewest steps are computed; or the lengths themselves.
        dtype: NumPy dtype of all three arrays of a batch.

    Raises:
        ValueError: Where there is no sequence, or a single array in place of a list,
            inputs and targets do not match, a sequence has no step, or an argument is
            out of range.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import SequenceBatches
        >>> rolls = [np.ones((length, 88)) for length in (5, 6, 9)]
        >>> batches = SequenceBatches.next_step(rolls, batch_size=2, shuffle=False)
        >>> [inputs.shape for inputs, targets, sample_weight in batches]
        [(2, 4, 88), (2, 8, 88)]
        >>> batches.steps
        17
    """

    def __init__(
        self,
        inputs: Sequence[Array],
        targets: Sequence[Array],
        batch_size: int,
        shuffle: bool = True,
        seed: int | None = None,
        padded_lengths: int | Sequence[int] = 4,
        dtype: str = "float32",
    ) -> None:
        super().__init__()
        _check_sequences(inputs, targets)
        if batch_size < 1:
            raise ValueError(f"batch_size must be positive, received {batch_size}")
        if seed is not None and seed < 0:
            raise ValueError(f"seed must not be negative, received {seed}")
        self.inputs = inputs
        self.targets = targets
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = random.randrange(2**31) if seed is None else seed
        self.dtype = np.dtype(dtype)
        self._lengths = np.array([len(sequence) for sequence in inputs])
        self._buckets = self._assign(padded_lengths)
        self.epoch = 0

    @classmethod
    def next_step(
        cls,
        sequences: Sequence[Array],
        batch_size: int,
        shuffle: bool = True,
        seed: int | None = None,
        padded_lengths: int | Sequence[int] = 4,
        dtype: str = "float32",
    ) -> Self:
        """Batches for predicting each step from those before it.

        Inputs are steps 1 to T-1 and targets steps 2 to T of every sequence; the
        first step is not predicted.

        Args:
            sequences: Arrays `(time, ...)` of two steps or more.
            batch_size: See the class.
            shuffle: See the class.
            seed: See the class.
            padded_lengths: See the class; lengths count predicted steps, T-1.
            dtype: See the class.

        Raises:
            ValueError: Where a sequence has fewer than two steps, or a single array
                is given and not a list.
        """
        _check_list("sequences", sequences)
        for index, sequence in enumerate(sequences):
            if len(sequence) < 2:
                raise ValueError(
                    f"sequence {index} has {len(sequence)} steps; at least 2 are "
                    "needed to predict one from another"
                )
        return cls(
            [sequence[:-1] for sequence in sequences],
            [sequence[1:] for sequence in sequences],
            batch_size,
            shuffle=shuffle,
            seed=seed,
            padded_lengths=padded_lengths,
            dtype=dtype,
        )

    @property
    def steps(self) -> int:
        """Steps with weight 1 in one epoch."""
        return int(self._lengths.sum())

    @property
    def padded_lengths(self) -> tuple[int, ...]:
        """The time lengths of the batches, ascending."""
        return tuple(length for length, _ in self._buckets)

    @property
    def epoch(self) -> int:
        """The epoch whose order is served, counted from 0; may be set."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._epoch = epoch
        self._order = self._draw_order(epoch)

    def epoch_callback(self) -> keras.callbacks.Callback:
        """A callback that sets `epoch` to the number that `fit` gives it."""
        return keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: setattr(self, "epoch", epoch)
        )

    def on_epoch_end(self) -> None:
        """Goes on to the order of the next epoch."""
        self.epoch += 1

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, index: int) -> tuple[Array, Array, Array]:
        length, members = self._order[index]
        sample_weight = np.zeros((self.batch_size, length), self.dtype)
        for row, member in enumerate(members):
            sample_weight[row, : self._lengths[member]] = 1
        return (
            self._pad([self.inputs[member] for member in members], length),
            self._pad([self.targets[member] for member in members], length),
            sample_weight,
        )

    def _pad(self, sequences: list[Array], length: int) -> Array:
        shape = (self.batch_size, length, *sequences[0].shape[1:])
        padded = np.zeros(shape, self.dtype)
        for row, sequence in enumerate(sequences):
            padded[row, : len(sequence)] = sequence
        return padded

    def _assign(self, padded_lengths: int | Sequence[int]) -> list[tuple[int, Array]]:
        if isinstance(padded_lengths, int):
            if padded_lengths < 1:
                raise ValueError(
                    f"padded_lengths must be positive, received {padded_lengths}"
                )
            padded_lengths = choose_padded_lengths(
                self._lengths.tolist(), padded_lengths, self.batch_size
            )
        ascending = np.unique(padded_lengths)
        if ascending.size == 0 or ascending[-1] < self._lengths.max():
            raise ValueError(
                f"padded_lengths {list(padded_lengths)} do not hold the longest "
                f"sequence, {self._lengths.max()} steps"
            )
        bucket = np.searchsorted(ascending, self._lengths)
        return [
            (int(ascending[number]), np.flatnonzero(bucket == number))
            for number in np.unique(bucket)
        ]

    def _draw_order(self, epoch: int) -> list[tuple[int, Array]]:
        rng = np.random.default_rng([self.seed, epoch])
        batches = []
        for length, members in self._buckets:
            if self.shuffle:
                members = rng.permutation(members)
            for first in range(0, len(members), self.batch_size):
                batches.append((length, members[first : first + self.batch_size]))
        if self.shuffle:
            batches = [batches[number] for number in rng.permutation(len(batches))]
        return _two_lengths_first(batches)


def _two_lengths_first(batches: list[tuple[int, Array]]) -> list[tuple[int, Array]]:
    # On TensorFlow, Keras takes the time length for constant when the first two
    # batches have the same, and then fails at the first batch with another.
    for number, (length, _) in enumerate(batches):
        if length != batches[0][0]:
            batches[1], batches[number] = batches[number], batches[1]
            break
    return batches


def _check_list(name: str, sequences: Sequence[Array]) -> None:
    """Makes sure that `sequences` are many arrays, and not one.

    Raises:
        ValueError: If they are not.
    """
    shape = np.shape(sequences) if hasattr(sequences, "shape") else None
    if shape is not None and len(shape) < 3:
        raise ValueError(
            f"{name} must be a list of arrays (time, ...), one for each sequence. "
            f"Received one array of shape {shape}: put a single sequence into a list, "
            "[array]; for rows that are sequences of numbers, list(array)."
        )
    if not isinstance(sequences, Sequence) and shape is None:
        raise ValueError(
            f"{name} must be a list of arrays (time, ...), one for each sequence. "
            f"Received {type(sequences).__name__}."
        )
    for index, sequence in enumerate(sequences):
        if not hasattr(sequence, "shape") or len(sequence.shape) < 1:
            raise ValueError(
                f"{name} must be a list of arrays (time, ...), one for each sequence. "
                f"Number {index} is {type(sequence).__name__}."
            )


def _check_sequences(inputs: Sequence[Array], targets: Sequence[Array]) -> None:
    _check_list("inputs", inputs)
    _check_list("targets", targets)
    if len(inputs) != len(targets) or len(inputs) == 0:
        raise ValueError(
            f"as many targets as inputs are needed, and one or more: received "
            f"{len(inputs)} inputs and {len(targets)} targets"
        )
    for index, (x, y) in enumerate(zip(inputs, targets, strict=True)):
        if len(x) != len(y) or len(x) == 0:
            raise ValueError(
                f"sequence {index} needs as many target steps as input steps, and one "
                f"or more: received {len(x)} and {len(y)}"
            )
        if x.shape[1:] != inputs[0].shape[1:] or y.shape[1:] != targets[0].shape[1:]:
            raise ValueError(
                f"sequence {index} has steps of shapes {x.shape[1:]} and "
                f"{y.shape[1:]}, but sequence 0 of {inputs[0].shape[1:]} and "
                f"{targets[0].shape[1:]}"
            )
