"""Predictions of several threads at a time."""

from concurrent.futures import ThreadPoolExecutor

import keras

from keras_gated.testing.arrays import FEATURES, assert_close, normal
from keras_gated.testing.subject import Subject, move_weights

THREADS, CALLS, SIZE = 4, 16, 6


def threads(subject: Subject) -> None:
    """Calls a model in four threads: each gets what it would get alone."""
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), subject.make(return_sequences=True)]
    )
    move_weights(model)
    inputs = [normal(SIZE, SIZE, FEATURES, seed=seed) for seed in range(CALLS)]
    for what, predict in (
        ("predict_on_batch", model.predict_on_batch),
        ("a call", lambda x: keras.ops.convert_to_numpy(model(x, training=False))),
    ):
        expected = [predict(x) for x in inputs]
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(predict, inputs))
        assert_close(found, expected, f"{what} in {THREADS} threads")
