"""Random numbers, which a seed must decide."""

import keras

from keras_gated.testing._arrays import (
    FEATURES,
    assert_close,
    assert_different,
    sequences,
)
from keras_gated.testing._checks.arguments import made_with
from keras_gated.testing._subject import Subject

DROPOUT = {"dropout": 0.5, "recurrent_dropout": 0.5}


def seeds(subject: Subject) -> None:
    """Drops out by a seed: the same one gives the same numbers, another one others."""
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


def inference_is_certain(subject: Subject) -> None:
    """Drops nothing at inference: the numbers are those without dropout."""
    clean = subject.built()
    layer = made_with(subject, **DROPOUT, seed=7)
    layer.build((None, None, FEATURES))
    layer.set_weights(clean.get_weights())
    expected = clean(sequences())
    for call in ("first", "second"):
        assert_close(layer(sequences()), expected, f"the {call} call")
