"""Moving averages of the weights."""

import keras

from keras_gated.testing._arrays import assert_close, to_numpy
from keras_gated.testing._subject import Subject
from keras_gated.testing._weight_wrappers.models import (
    X,
    Y,
    compiled,
    dense,
    learner,
    train,
)
from keras_gated.testing.check import wrapper_check

MOMENTUM = 0.5


@wrapper_check("moving averages (use_ema, SwapEMAWeights) are those of all weights")
def averages(subject: Subject) -> None:
    model = compiled(
        learner(subject.make(dense())), use_ema=True, ema_momentum=MOMENTUM
    )
    expected = None
    for _ in range(2):
        train(model)
        now = [to_numpy(v) for v in model.trainable_variables]
        before = now if expected is None else expected
        expected = [
            MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(before, now, strict=True)
        ]
    callback = keras.callbacks.SwapEMAWeights(swap_on_epoch=False)
    callback.set_model(model)
    now = [to_numpy(v) for v in model.trainable_variables]
    callback.on_test_begin()
    assert_close(model.trainable_variables, expected, "the averages", rtol=1e-4)
    other = keras.models.clone_model(model)
    other.set_weights(model.get_weights())
    assert_close(other(X), model(X), "the outputs with averages")
    callback.on_test_end()
    assert_close(model.trainable_variables, now, "the weights put back")
    model.evaluate(X, Y, verbose=0)
