"""Whether recurrent layers hand masks on to the loss changes no loss of this package.

They do so in Keras 3.15, and no longer in 3.16.
"""

import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import (
    GRU,
    BernoulliHead,
    MDNHead,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
)
from keras_gated.losses import BernoulliNLL, MixtureNLL
from keras_gated.metrics import MeanNLL
from keras_gated.models import sequence_model
from tests.tiers import exhaustive_elsewhere

FEATURES, SIZE, COMPONENTS = 3, 4, 2
LENGTHS = 4, 7, 7, 2

pytestmark = pytest.mark.filterwarnings(
    # Which is what is forced here.
    "ignore:Layer .* does not support masking:UserWarning"
)


def recurrent(layer):
    return layer(SIZE, return_sequences=True)


MODELS = {
    "lstm": lambda head: [recurrent(PeepholeLSTM), head],
    "two layers": lambda head: [recurrent(GRU), recurrent(SimpleRNN), head],
    "Bidirectional": lambda head: [
        keras.layers.Bidirectional(recurrent(GRU), merge_mode="sum"),
        head,
    ],
    "TimeDistributed": lambda head: [
        recurrent(SimpleRNN),
        keras.layers.TimeDistributed(head),
    ],
    "WeightNoise": lambda head: [WeightNoise(recurrent(GRU), seed=1), head],
    "sequence_model": lambda head: [sequence_model("gru", SIZE, head, FEATURES)],
}

HANDING_ON = (
    keras.layers.RNN,
    keras.layers.Bidirectional,
    keras.layers.TimeDistributed,
    WeightNoise,
)


def make_model(layers, hands_on):
    """A model whose recurrent layers hand masks on, or don't."""
    inputs = keras.Input((LENGTHS[1], FEATURES))
    outputs = keras.layers.Masking()(inputs)
    for layer in layers:
        for part in getattr(layer, "layers", [layer]):
            if isinstance(part, HANDING_ON):
                part.supports_masking = hands_on
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def batches(target):
    """Sequences of different lengths, padded with zeros, which `Masking` masks."""
    rng = np.random.default_rng(5)
    inputs = [rng.normal(size=(length, FEATURES)) for length in LENGTHS]
    targets = [target(rng, (length, FEATURES)) for length in LENGTHS]
    return SequenceBatches(
        inputs, targets, batch_size=4, padded_lengths=1, shuffle=False
    )


def trained(make_layers, head, loss, target, hands_on, make_metrics=list):
    """The history of two epochs, an evaluation, and the weights after them."""
    keras.utils.set_random_seed(8)
    model = make_model(make_layers(head()), hands_on)
    model.compile("sgd", loss, weighted_metrics=make_metrics())
    data = batches(target)
    history = model.fit(data, epochs=2, shuffle=False, verbose=0).history
    return history, model.evaluate(data, verbose=0), model.get_weights()


def binary(rng, shape):
    return rng.integers(0, 2, shape)


def real(rng, shape):
    return rng.normal(size=shape)


def both(**arguments):
    return [trained(**arguments, hands_on=hands_on) for hands_on in (True, False)]


@pytest.mark.parametrize(
    "name",
    [
        *("lstm", "TimeDistributed", "sequence_model"),
        *(
            pytest.param(name, marks=pytest.mark.exhaustive)
            for name in ("two layers", "Bidirectional", "WeightNoise")
        ),
    ],
)
def test_likelihoods_are_the_same(name):
    loss = BernoulliNLL()
    (history, score, weights), other = both(
        make_layers=MODELS[name],
        head=lambda: BernoulliHead(FEATURES),
        loss=loss,
        target=binary,
        make_metrics=lambda: [MeanNLL(loss)],
    )
    assert set(history) == {"loss", "nll"}
    assert other[0] == {name: pytest.approx(x, rel=1e-6) for name, x in history.items()}
    assert other[1] == pytest.approx(score, rel=1e-6)
    for one, two in zip(weights, other[2], strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-7)


@exhaustive_elsewhere
def test_mixtures_are_the_same():
    loss = MixtureNLL(COMPONENTS)
    one, other = both(
        make_layers=MODELS["lstm"],
        head=lambda: MDNHead(COMPONENTS, FEATURES),
        loss=loss,
        target=real,
        make_metrics=lambda: [MeanNLL(loss)],
    )
    assert other[0] == {name: pytest.approx(x, rel=1e-6) for name, x in one[0].items()}
    assert other[1] == pytest.approx(one[1], rel=1e-6)


@exhaustive_elsewhere
def test_the_mean_squared_error_of_keras_changes():
    """So the two models above do differ in what reaches the loss."""
    one, other = both(
        make_layers=MODELS["lstm"],
        head=lambda: keras.layers.Dense(FEATURES),
        loss="mse",
        target=real,
    )
    assert one[1] != pytest.approx(other[1], rel=1e-3)
