import time

import keras
import numpy as np
import pytest

from keras_gated.callbacks import WallClock

BACKEND = keras.backend.backend()


def test_seconds_of_training_and_validation(regression):
    sleep = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: time.sleep(0.02),
        on_train_batch_end=lambda batch, logs: time.sleep(0.02),
    )
    sleep.on_test_begin = lambda logs: time.sleep(0.03)
    model = regression.model()
    data = (regression.x, regression.y)
    begin = time.perf_counter()
    history = regression.fit(model, 3, [WallClock(), sleep], validation_data=data)
    total = time.perf_counter() - begin
    assert len(history["seconds"]) == 3
    assert min(history["seconds"]) >= 3 * 0.04 + 0.03
    assert sum(history["seconds"]) <= total


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_updates_are_the_batches(regression, steps):
    if BACKEND == "torch" and steps > 1:
        pytest.skip("Keras refuses steps_per_execution on PyTorch")
    model = regression.model(steps_per_execution=steps)
    history = regression.fit(model, 2, [WallClock()])
    assert history["updates"] == [3, 3]
    history = regression.fit(model, 1, [WallClock()], batch_size=5)
    assert history["updates"] == [3]


def test_skipped_updates_are_left_out(regression):
    # Infinite gradients until the scale is down to what float32 can hold.
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(), initial_scale=2.0**127
    )
    model = regression.model(optimizer=optimizer)
    regression.y *= 100
    history = regression.fit(model, 5, [WallClock()])
    assert history["updates"][0] < 3
    assert history["updates"][-1] == 3
    assert sum(history["updates"]) == int(optimizer.iterations)


def test_accumulated_gradients_make_one_update(regression):
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=3)
    model = regression.model(optimizer=optimizer)
    assert regression.fit(model, 2, [WallClock()])["updates"] == [1, 1]


def test_several_fits_and_an_interruption(regression):
    def interrupt(batch, logs):
        if batch == 1:
            raise KeyboardInterrupt

    model = regression.model()
    clock = WallClock()
    stop = keras.callbacks.LambdaCallback(on_train_batch_end=interrupt)
    with pytest.raises(KeyboardInterrupt):
        regression.fit(model, 2, [clock, stop])
    for _ in range(2):
        history = regression.fit(model, 2, [clock])
        assert history["updates"] == [3, 3]
        assert np.all(np.array(history["seconds"]) > 0)


def test_writes_to_the_log_of_later_callbacks(regression, tmp_path):
    path = tmp_path / "log.csv"
    regression.fit(
        regression.model(), 2, [WallClock(), keras.callbacks.CSVLogger(path)]
    )
    header, *rows = path.read_text().splitlines()
    updates = header.split(",").index("updates")
    assert [row.split(",")[updates] for row in rows] == ["3", "3"]
