"""Spreads batches over two CPU devices: same numbers, and no activations gathered."""

import jax
import keras
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from tests.units import UNITS, normal, randomise

BATCH, TIME, FEATURES, SIZE = 4, 6, 3, 5


def gradients(layer, x):
    """The compiled gradients of a loss to the weights of the layer."""
    values = [variable.value for variable in layer.trainable_variables]
    others = [variable.value for variable in layer.non_trainable_variables]

    def loss(values, x):
        outputs, _ = layer.stateless_call(values, others, x)
        return keras.ops.mean(keras.ops.square(outputs))

    return jax.jit(jax.grad(loss)).lower(values, x).compile(), values


def main():
    devices = Mesh(np.array(jax.devices()), ("batch",))
    assert len(jax.devices()) == 2
    for unit in UNITS:
        layer = randomise(unit.make(SIZE, return_sequences=True), FEATURES)
        x = jax.numpy.asarray(normal(BATCH, TIME, FEATURES))
        compute, values = gradients(layer, x)
        expected = compute(values, x)

        spread = jax.device_put(x, NamedSharding(devices, PartitionSpec("batch")))
        everywhere = NamedSharding(devices, PartitionSpec())
        for variable in layer.variables:
            variable.assign(jax.device_put(variable.value, everywhere))
        compute, values = gradients(layer, spread)
        assert "all-gather" not in compute.as_text(), unit.name
        for one, other in zip(compute(values, spread), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


if __name__ == "__main__":
    main()
