"""Derivatives of every kind through the C++ loops on TensorFlow."""

import numpy as np
import pytest

from tests.cells import named
from tests.recurrence.native.tensorflow_cases import (
    BATCH,
    SIZE,
    TANH,
    TIME,
    WAYS,
    inputs,
    layers,
    only_on_tensorflow,
    tf,
    weights_of,
)
from tests.units import own_sigmoid
from tests.variants import ALONE

pytestmark = only_on_tensorflow


def loss_of(layer, x):
    return tf.reduce_sum(tf.square(layer(x)))


def gradient(layer, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = loss_of(layer, x)
    return tape.gradient(loss, [x, *weights_of(layer)])


def gradient_of_weights(layer, x):
    """What is left when nobody asks for the gradient of the inputs."""
    with tf.GradientTape() as tape:
        loss = loss_of(layer, x)
    return tape.gradient(loss, weights_of(layer))


def second_derivative(layer, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        slopes = gradient(layer, x)
        total = tf.add_n([tf.reduce_sum(tf.square(slope)) for slope in slopes])
    return outer.gradient(total, [x, *weights_of(layer)])


def jacobian(layer, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x)[:, -1]
    return tape.jacobian(outputs, [x, *weights_of(layer)])


def batch_jacobian(layer, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x)[:, -1]
    return [tape.batch_jacobian(outputs, x)]


def forward_mode(layer, x):
    tangent = tf.reverse(x, [1])
    with tf.autodiff.ForwardAccumulator(x, tangent) as forward:
        outputs = layer(x)
    return [forward.jvp(outputs)]


def forward_mode_of_weights(layer, x):
    weights = weights_of(layer)
    tangents = [tf.ones_like(weight) for weight in weights]
    with tf.autodiff.ForwardAccumulator(weights, tangents) as forward:
        outputs = layer(x)
    return [forward.jvp(outputs)]


def forward_over_reverse(layer, x):
    with tf.autodiff.ForwardAccumulator(x, tf.reverse(x, [1])) as forward:
        slopes = gradient(layer, x)
    return [forward.jvp(slope) for slope in slopes]


def inside_a_tape_of_weights(layer, x):
    """A derivative to the inputs, asked of a graph in which no tape watches them."""
    step = tf.function(gradient_of_weights)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.add_n([tf.reduce_sum(slope**2) for slope in step(layer, x)])
    return [tape.gradient(total, x)]


def outputs_inside_a_tape_of_weights(layer, x):
    def step(x):
        with tf.GradientTape() as inner:
            outputs = layer(x)
            loss = tf.reduce_sum(outputs)
        inner.gradient(loss, weights_of(layer))
        return outputs

    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(tf.function(step)(x) ** 2)
    return [tape.gradient(total, x)]


EVERYWHERE = (
    gradient,
    gradient_of_weights,
    second_derivative,
    jacobian,
    batch_jacobian,
)
EAGERLY = (forward_mode, forward_mode_of_weights, forward_over_reverse)
AROUND = (inside_a_tape_of_weights, outputs_inside_a_tape_of_weights)


def cases():
    """Every derivative in every way that TensorFlow has; the slow ones put off."""
    for derivative in (*EVERYWHERE, *EAGERLY, *AROUND):
        for way in ("eagerly",) if derivative in EAGERLY else WAYS:
            is_quick = way == "eagerly" if derivative in EVERYWHERE else False
            is_quick |= derivative is forward_mode or derivative is gradient
            marks = () if is_quick else pytest.mark.exhaustive
            name = f"{derivative.__name__}, {way}"
            yield pytest.param(derivative, way, id=name, marks=marks)


@pytest.mark.parametrize(("derivative", "way"), list(cases()))
def test_derivatives(unit, derivative, way):
    native, generic = layers(unit)
    found = WAYS[way](lambda x: derivative(native, x))(inputs())
    expected = derivative(generic, inputs())
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("derivative", [gradient, second_derivative])
@pytest.mark.parametrize(
    "variant",
    [*ALONE, *named("mut1", "mut2", "mut3")],
    ids=lambda variant: variant.name,
)
def test_derivatives_of_variants(variant, derivative):
    native, generic = layers(variant, recurrent_activation=own_sigmoid)
    found, expected = (derivative(layer, inputs()) for layer in (native, generic))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_gradient_of_inputs_that_no_tape_watches_in_the_graph():
    """Meta-learning: an update is differentiated to the data that it was made with."""
    native, generic = layers(TANH)
    found, expected = (
        inside_a_tape_of_weights(layer, inputs()) for layer in (native, generic)
    )
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-3, atol=1e-5)


def test_forward_mode_of_the_gradient_to_an_output():
    """What is carried forward meets the backward loop first."""
    native, generic = layers(TANH)

    def compute(layer):
        x, upstream = inputs(), tf.ones((BATCH, TIME, SIZE))
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x)
        with tf.autodiff.ForwardAccumulator(upstream, upstream) as forward:
            slope = tape.gradient(outputs, x, output_gradients=upstream)
        return forward.jvp(slope)

    np.testing.assert_allclose(compute(native), compute(generic), rtol=1e-3, atol=1e-5)


def test_forward_mode_inside_a_graph_is_refused():
    native, _ = layers(TANH)
    with pytest.raises(NotImplementedError, match="outside of any"):
        tf.function(lambda x: forward_mode(native, x))(inputs())
