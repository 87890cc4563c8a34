"""Random numbers, which a seed must decide."""

import keras

from keras_gated.testing._arrays import (
    FEATURES,
    assert_close,
    assert_different,
    sequences,
)
from keras_gated.testing._made_with import made_with
from keras_gated.testing._subject import Subject
from keras_gated.testing.check import layer_check

DROPOUT = {"dropout": 0.5, "recurrent_dropout": 0.5}


@layer_check(
    "the same seed gives the same dropout, another one and another call do not"
)
def seeds(subject: Subject) -> None:
    layers = [made_with(subject, **DROPOUT, seed=seed) for seed in (7, 7, 8)]
    for layer in layers:
        layer.build((None, None, FEATURES))
        layer.set_weights(layers[0].get_weights())
    first, same, other = layers
    x = sequences()
    drawn = [keras.ops.convert_to_numpy(first(x, training=True)) for _ in range(2)]
    again = [keras.ops.convert_to_numpy(same(x, training=True)) for _ in range(2)]
    assert_close(again, drawn, "two calls with the same seed", rtol=0, atol=0)
    assert_different(drawn[1], drawn[0], "the second call")
    assert_different(other(x, training=True), drawn[0], "the call with another seed")


@layer_check("at inference nothing is dropped")
def inference(subject: Subject) -> None:
    clean = subject.built()
    layer = made_with(subject, **DROPOUT, seed=7)
    layer.build((None, None, FEATURES))
    layer.set_weights(clean.get_weights())
    expected = clean(sequences())
    for call in ("first", "second"):
        assert_close(layer(sequences()), expected, f"the {call} call")
