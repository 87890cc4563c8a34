"""Trains over two CPU devices of TensorFlow: the numbers of one, on the C++ loops.

Not compiled by XLA: then TensorFlow 2.21 refuses variables on a second device, whatever
the layer.
"""

import keras
import numpy as np
import tensorflow as tf

from tests.units import UNITS, normal, randomise

BATCH, TIME, FEATURES, SIZE = 6, 5, 3, 4


def trained(unit):
    layer = unit.make(SIZE)
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), randomise(layer, FEATURES)]
    )
    assert layer.recurrence.name == "native", layer.recurrence.reason
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, SIZE, seed=1)
    model.fit(x, y, batch_size=BATCH, epochs=2, verbose=0)
    return [*model.get_weights(), model.predict(x, batch_size=BATCH, verbose=0)]


def main():
    (device,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(device, parts)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    assert strategy.num_replicas_in_sync == 2
    for unit in UNITS:
        expected = trained(unit)
        with strategy.scope():
            found = trained(unit)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


if __name__ == "__main__":
    main()
