"""Predictions of several threads at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras

from keras_gated.testing._arrays import FEATURES, assert_close, normal
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing.check import layer_check

THREADS, CALLS, SIZE = 4, 16, 6


@layer_check(
    "calls of a model in four threads at a time are those in one",
    "exhaustive",
)
def threads(subject: Subject) -> None:
    model = _model(subject)
    _check(lambda x: keras.ops.convert_to_numpy(model(x, training=False)))


@layer_check("so are those of its predict_on_batch", "exhaustive")
def threads_predict(subject: Subject) -> None:
    _check(_model(subject).predict_on_batch)


def _model(subject: Subject) -> Any:
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), subject.make(return_sequences=True)]
    )
    move_weights(model)
    return model


def _check(predict: Callable[[Any], Any]) -> None:
    inputs = [normal(SIZE, SIZE, FEATURES, seed=seed) for seed in range(CALLS)]
    expected = [predict(x) for x in inputs]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(predict, inputs))
    assert_close(found, expected, f"the outputs in {THREADS} threads")
