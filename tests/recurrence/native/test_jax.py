"""The C++ loops under the transformations of JAX."""

import keras
import numpy as np
import pytest

from tests import needs
from tests.cells import named
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.units import UNITS, own_sigmoid, randomise
from tests.variants import ALONE

jax = needs.package("jax")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax" or FLOAT32_LOOP != "native",
    reason="for JAX, where there is a compiler",
)


@pytest.fixture(
    params=[UNITS[0], UNITS[3], ALONE[0], ALONE[-1], *named("mut1", "mut3")],
    ids=lambda unit: unit.name,
)
def losses(request):
    """A loss of one batch, on the C++ loop and on the generic one."""

    def make(**arguments):
        layer = request.param.make(4, return_sequences=True, **arguments)
        randomise(layer, 3)
        values = [variable.value for variable in layer.variables]

        def loss(x):
            pairs = zip(layer.variables, values, strict=True)
            with keras.StatelessScope(list(pairs)):
                return keras.ops.mean(keras.ops.square(layer(x)))

        return loss

    return make(), make(recurrent_activation=own_sigmoid)


X = np.random.default_rng(0).normal(size=(3, 2, 5, 3)).astype("float32")

TRANSFORMED = {
    "gradient": lambda loss: jax.grad(loss),
    "second derivative": lambda loss: jax.grad(
        lambda x: jax.numpy.sum(jax.grad(loss)(x) ** 2)
    ),
    "forward over reverse": lambda loss: jax.jacfwd(jax.grad(loss)),
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_derivatives(losses, name):
    found, expected = (jax.jit(TRANSFORMED[name](loss))(X[0]) for loss in losses)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)


def test_interpreted(losses):
    native, generic = losses
    with jax.disable_jit():
        assert native(X[0]) == pytest.approx(float(generic(X[0])), rel=1e-5)


def test_batched(losses):
    found, expected = (jax.jit(jax.vmap(jax.grad(loss)))(X) for loss in losses)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)


def test_compiled_program_calls_them_and_the_exported_one_does_not(losses):
    function = jax.jit(jax.grad(losses[0]))
    target = 'custom_call_target="keras_gated_'
    assert target in function.lower(X[0]).compile().as_text()
    exported = jax.export.export(function)(X[0])
    again = jax.export.deserialize(exported.serialize())
    np.testing.assert_allclose(again.call(X[0]), function(X[0]), rtol=1e-4, atol=1e-7)
