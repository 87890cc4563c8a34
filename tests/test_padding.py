"""Whatever stands in padding, training goes on as if it were not there."""

import keras
import numpy as np
import pytest

from keras_gated.layers import BernoulliHead, WeightNoise
from keras_gated.losses import BernoulliNLL
from keras_gated.models import UNITS

LENGTHS = np.array([6, 2, 4])
VALID = np.arange(6) < LENGTHS[:, None]


def train(unit, padding, masked):
    """The weights and the loss after two updates on padded sequences."""
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    inputs, targets = (rng.random((3, 6, 2)) < 0.5 for _ in range(2))
    inputs, targets = (
        np.where(VALID[..., None], array, padding).astype("float32")
        for array in (inputs, targets)
    )
    x = keras.Input((None, 2))
    mask = keras.Input((None,), dtype="bool")
    layer = WeightNoise(UNITS[unit](4, return_sequences=True), 0.075, seed=1)
    outputs = BernoulliHead(2)(layer(x, mask=mask) if masked else layer(x))
    model = keras.Model([x, mask], outputs)
    model.compile("rmsprop", BernoulliNLL())
    losses = model.fit(
        [inputs, VALID],
        targets,
        sample_weight=VALID.astype("float32"),
        epochs=2,
        batch_size=3,
        verbose=0,
    ).history["loss"]
    return [*model.get_weights(), np.array(losses)]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("padding", "masked"),
    [
        (1e4, False),
        (np.nan, True),
        *(
            pytest.param(padding, True, marks=pytest.mark.exhaustive)
            for padding in (1e4, np.inf)
        ),
    ],
)
def test_garbage_in_padding_changes_neither_loss_nor_weights(unit, padding, masked):
    clean, dirty = train(unit, 0.0, masked), train(unit, padding, masked)
    for one, other in zip(dirty, clean, strict=True):
        assert np.isfinite(one).all()
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)
