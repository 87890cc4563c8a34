"""Clips the gradients of batches that are spread over two CPU devices: same numbers."""

import jax
import keras
import numpy as np

from keras_gated.callbacks import GradientClipping
from tests.callbacks.linear_regression import LinearRegression

MAX_NORM = 2.0


def main():
    assert len(jax.devices()) == 2
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    regression = LinearRegression()
    model = regression.model(steps_per_execution=2)
    history = regression.fit(model, 4, [GradientClipping(MAX_NORM)])
    weights, norms = regression.train(regression.weights, 4, MAX_NORM)
    for weight, value in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(weight, value, 1e-5)
    np.testing.assert_allclose(history["gradient_norm"], norms.mean(1), 1e-5)
    for variable in model.trainable_variables:
        assert len(variable.value.sharding.device_set) == 2, variable.path


if __name__ == "__main__":
    main()
