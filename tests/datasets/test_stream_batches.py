"""Windows of parallel streams: each goes on where the one before ended."""

import numpy as np
import pytest

from keras_gated.datasets import StreamBatches


def streams_of(*lengths, shape=()):
    """Streams whose steps have numbers of their own."""
    size = int(np.prod(shape))
    return [1 + np.arange(n * size).reshape(n, *shape) for n in lengths]


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("window", [1, 4, 7, 50])
def test_windows_put_together_are_the_streams(window, shape):
    streams = streams_of(21, 9, 2, shape=shape)
    batches = StreamBatches(streams, window)
    assert len(batches) == -(-20 // window)
    assert (batches.batch_size, batches.steps) == (3, 20 + 8 + 1)
    parts = list(zip(*batches, strict=True))
    for part in parts:
        assert {array.shape[:2] for array in part} == {(3, window)}
    inputs, targets, weight = (np.concatenate(part, axis=1) for part in parts)
    for row, stream in enumerate(streams):
        steps = len(stream) - 1
        np.testing.assert_array_equal(inputs[row, :steps], stream[:-1])
        np.testing.assert_array_equal(targets[row, :steps], stream[1:])
        assert weight[row, :steps].all() and not weight[row, steps:].any()
        assert not inputs[row, steps:].any() and not targets[row, steps:].any()


def test_dtypes():
    streams = streams_of(5, 5)
    assert StreamBatches(np.int32(streams), 2)[0][0].dtype == np.int32
    inputs, targets, weight = StreamBatches(streams, 2, dtype="float32")[0]
    assert inputs.dtype == targets.dtype == weight.dtype == np.float32


@pytest.mark.parametrize(
    ("streams", "window", "message"),
    [
        ([], 3, "at least one stream"),
        ([np.arange(5), np.arange(1)], 3, r"stream 1 has the shape \(1,\)"),
        (np.arange(5), 3, r"stream 0 has the shape \(\).*give a list of it"),
        ([np.ones((5, 2)), np.ones((5, 3))], 3, r"steps of shape \(3,\), but stream 0"),
        ([np.arange(5)], 0, "window must be a positive integer, received 0"),
        ([np.arange(5)], 2.0, "window must be a positive integer, received 2.0"),
    ],
)
def test_bad_streams(streams, window, message):
    with pytest.raises(ValueError, match=message):
        StreamBatches(streams, window)


def test_windows_are_looked_at_in_any_order_outside_of_an_epoch():
    batches = StreamBatches(streams_of(21), 4)
    assert [batches[index][0].shape for index in (3, 1)] == [(1, 4)] * 2
    for index in (-1, 5):
        with pytest.raises(IndexError, match=f"5 windows, received index {index}"):
            batches[index]


def test_an_epoch_goes_from_window_to_window():
    batches = StreamBatches(streams_of(21), 4)
    batches.on_epoch_begin()
    served = [batches[index] for index in range(5)]
    # TensorFlow begins with the next epoch before this one has ended.
    batches[0], batches[1]
    batches.on_epoch_end()
    batches[2]
    batches.on_epoch_begin()
    again = [batches[index] for index in (0, 1)]
    batches[3]
    again += [batches[index] for index in (2, 3, 4)]
    for (first, *_), (second, *_) in zip(served, again, strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("order", [(1,), (4, 0), (0, 2), (0, 1, 4)])
def test_another_order_is_refused_in_an_epoch(order):
    batches = StreamBatches(streams_of(21), 4)
    batches.on_epoch_begin()
    with pytest.raises(
        ValueError, match=r"Window \d was asked for out of order.*shuffle"
    ):
        for index in order:
            batches[index]
