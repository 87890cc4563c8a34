"""Windows of parallel streams, for models that carry their states."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt

from keras_gated._integers import positive_integers

Array: TypeAlias = npt.NDArray[Any]


class StreamBatches(keras.utils.PyDataset):
    """Serves long sequences side by side, window after window, to `fit` and `evaluate`.

    Batch k has window k of every stream: `(inputs, targets, sample_weight)` of shapes
    `(streams, window, ...)`, `(streams, window, ...)` and `(streams, window)`. The
    targets are the inputs one step later, and the first symbol is not predicted. Row b
    of each batch goes on where row b of the batch before ended, which is what layers
    with `stateful=True` need; `keras_gated.callbacks.ResetStates` starts them anew.

    All windows have the same length, so that a model is compiled once. The weight is 1
    at every step of a stream and 0 behind its end.

    The order means something, so `fit` must leave it alone. Batches that it asks for in
    another one are refused:

    ```python
    model.fit(batches, shuffle=False, callbacks=[ResetStates()])
    ```

    Args:
        streams: An array `(streams, steps + 1, ...)`, or a list of arrays
            `(steps + 1, ...)`, which may differ in length.
        window: Steps of a batch.
        dtype: NumPy dtype of inputs and targets; that of the streams by default.

    Raises:
        ValueError: Where there is no stream, one has fewer than two steps or steps of
            another shape, or `window` is not positive. In `fit`, if batches are asked
            for out of order.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import StreamBatches
        >>> batches = StreamBatches(np.arange(14).reshape(2, 7), window=4)
        >>> for inputs, targets, sample_weight in batches:
        ...     print(inputs.tolist(), targets[0].tolist(), sample_weight[0].tolist())
        [[0, 1, 2, 3], [7, 8, 9, 10]] [1, 2, 3, 4] [1.0, 1.0, 1.0, 1.0]
        [[4, 5, 0, 0], [11, 12, 0, 0]] [5, 6, 0, 0] [1.0, 1.0, 0.0, 0.0]
    """

    def __init__(
        self, streams: Sequence[Array], window: int, dtype: str | None = None
    ) -> None:
        super().__init__()
        (self.window,) = positive_integers(window=window)
        self.streams = [np.asarray(stream) for stream in streams]
        _check(self.streams)
        self.dtype = np.dtype(self.streams[0].dtype if dtype is None else dtype)
        self._longest = max(len(stream) for stream in self.streams) - 1
        self._due: set[int] = set()
        self._in_epoch = False

    @property
    def batch_size(self) -> int:
        """The number of streams."""
        return len(self.streams)

    @property
    def steps(self) -> int:
        """Steps with weight 1 in one epoch."""
        return sum(len(stream) - 1 for stream in self.streams)

    def on_epoch_begin(self) -> None:
        """From here to the end of the epoch windows must come in order."""
        self._in_epoch = True

    def on_epoch_end(self) -> None:
        """Windows may be looked at in any order."""
        self._in_epoch = False

    def __len__(self) -> int:
        return -(-self._longest // self.window)

    def __getitem__(self, index: int) -> tuple[Array, Array, Array]:
        self._check_order(index)
        begin = index * self.window
        shape = (self.batch_size, self.window, *self.streams[0].shape[1:])
        inputs, targets = np.zeros((2, *shape), self.dtype)
        sample_weight = np.zeros(shape[:2], "float32")
        for row, stream in enumerate(self.streams):
            piece = stream[begin : begin + self.window + 1]
            steps = max(len(piece) - 1, 0)
            inputs[row, :steps] = piece[:steps]
            targets[row, :steps] = piece[1:]
            sample_weight[row, :steps] = 1
        return inputs, targets, sample_weight

    def _check_order(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise IndexError(f"there are {len(self)} windows, received index {index}")
        # TensorFlow begins with an epoch ahead of time, sometimes in vain, so several
        # runs of windows may be under way.
        if index == 0 or index in self._due:
            self._due.discard(index)
            self._due.add(index + 1)
        elif self._in_epoch:
            raise ValueError(
                f"Window {index} was asked for out of order. States are carried from "
                "each window to the next one: give fit shuffle=False."
            )


def _check(streams: Sequence[Array]) -> None:
    if not streams:
        raise ValueError("at least one stream is needed, received none")
    for number, stream in enumerate(streams):
        if stream.ndim < 1 or len(stream) < 2:
            raise ValueError(
                f"stream {number} has the shape {stream.shape}; arrays (steps + 1, ...)"
                " are needed, of at least 2 steps to predict one from another. For a "
                "single stream give a list of it"
            )
        if stream.shape[1:] != streams[0].shape[1:]:
            raise ValueError(
                f"stream {number} has steps of shape {stream.shape[1:]}, but stream 0 "
                f"of {streams[0].shape[1:]}"
            )
