"""Against NumPy, but to single precision: Keras' maximum has no other on PyTorch."""

import keras
import numpy as np
import pytest

from reproduce.studies.chung2014.training.floored_rmsprop import FlooredRMSprop

pytestmark = pytest.mark.everywhere

SHAPES = [(3, 4), (4,), ()]


def make_gradients(scale=1.0, updates=3):
    draw = np.random.default_rng(0).normal
    return [[scale * draw(size=shape) for shape in SHAPES] for _ in range(updates)]


def numpy_updates(
    weights, gradients, rates, rho=0.95, momentum=0.9, floor=0.01, max_norm=1.0
):
    """Weights and norm of the velocities after each update, by the equations."""
    weights = [np.array(w, float) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    velocities = [np.zeros_like(w) for w in weights]
    history, norms = [], []
    for rate, gradient in zip(rates, gradients, strict=True):
        squares = [
            rho * n + (1 - rho) * g**2 for n, g in zip(squares, gradient, strict=True)
        ]
        velocities = [
            momentum * v - rate * g / np.maximum(np.sqrt(n), floor)
            for v, g, n in zip(velocities, gradient, squares, strict=True)
        ]
        norms.append(np.sqrt(sum((v**2).sum() for v in velocities)))
        if norms[-1] > max_norm:
            velocities = [v * max_norm / norms[-1] for v in velocities]
        weights = [w + v for w, v in zip(weights, velocities, strict=True)]
        history.append(weights)
    return history, norms


def keras_updates(optimizer, weights, gradients):
    variables = [keras.Variable(weight) for weight in weights]
    history = []
    for gradient in gradients:
        tensors = [keras.ops.convert_to_tensor(g, "float64") for g in gradient]
        optimizer.apply(tensors, variables)
        history.append([keras.ops.convert_to_numpy(v.value) for v in variables])
    return history


def assert_close(found, expected):
    for arrays, others in zip(found, expected, strict=True):
        for array, other in zip(arrays, others, strict=True):
            np.testing.assert_allclose(array, other, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("scale", "rate", "arguments", "limited"),
    [
        (1.0, 1e-3, {}, [False, False, False]),
        (1e-4, 1e-2, {}, [False, False, False]),
        (0.03, 1e-3, {"floor": 0.008}, [False, False, False]),
        (1.0, 0.5, {}, [True, True, True]),
        (1.0, 0.02, {"max_norm": 0.38}, [False, True, False]),
        (1.0, 0.5, {"max_norm": float("inf")}, [False, False, False]),
        (1.0, 1e-3, {"rho": 0.5, "momentum": 0.0}, [False, False, False]),
    ],
    ids=["plain", "floor", "some", "norm", "later", "no limit", "no momentum"],
)
def test_three_updates_are_those_of_the_equations(
    scale, rate, arguments, limited, float64
):
    weights = [np.ones(shape) for shape in SHAPES]
    gradients = make_gradients(scale)
    expected, norms = numpy_updates(weights, gradients, [rate] * 3, **arguments)
    max_norm = arguments.get("max_norm", 1.0)
    assert [norm > max_norm for norm in norms] == limited
    found = keras_updates(FlooredRMSprop(rate, **arguments), weights, gradients)
    assert_close(found, expected)


def test_below_the_floor_it_divides_by_the_floor(float64):
    gradient = [np.full((2,), 1e-5)]
    ((moved,),) = keras_updates(
        FlooredRMSprop(1e-2, floor=0.25), [np.zeros(2)], [gradient]
    )
    np.testing.assert_allclose(moved, -1e-2 * 1e-5 / 0.25, rtol=1e-6)


def test_all_velocities_are_rescaled_together_and_stay_so(float64):
    optimizer = FlooredRMSprop(10.0, momentum=0.5, max_norm=2.0)
    weights = [np.zeros(2), np.zeros(2)]
    gradients = [
        [np.array([1.0, -1.0]), np.array([1.0, 1.0])],
        [np.zeros(2), np.zeros(2)],
    ]
    first, second = keras_updates(optimizer, weights, gradients)
    # Four equal entries of norm 2 together, then half of what was kept.
    np.testing.assert_allclose(first, [[-1, 1], [-1, -1]], rtol=1e-6)
    np.testing.assert_allclose(second, np.multiply(first, 1.5), rtol=1e-6)


def test_the_learning_rate_follows_its_schedule(float64):
    schedule = keras.optimizers.schedules.PolynomialDecay(1e-2, 4, 1e-4)
    rates = [1e-2 + (1e-4 - 1e-2) * update / 4 for update in range(3)]
    weights = [np.ones(shape) for shape in SHAPES]
    gradients = make_gradients()
    expected, _ = numpy_updates(weights, gradients, rates)
    assert_close(keras_updates(FlooredRMSprop(schedule), weights, gradients), expected)


@pytest.mark.parametrize("max_norm", [0.05, 1.0])
def test_fit_makes_the_same_updates_compiled(max_norm, backend):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(8, 3)).astype("float32")
    y = rng.normal(size=(8, 2)).astype("float32")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    kernel = rng.normal(size=(3, 2))
    model.set_weights([kernel, np.zeros(2)])
    model.compile(
        FlooredRMSprop(1e-2, max_norm=max_norm),
        "mse",
        jit_compile=backend != "torch",
    )
    gradients, weights = [], [kernel, np.zeros(2)]
    for _ in range(3):
        error = x @ weights[0] + weights[1] - y
        gradients.append([2 * x.T @ error / 16, 2 * error.sum(axis=0) / 16])
        history, norms = numpy_updates(
            [kernel, np.zeros(2)],
            gradients,
            [1e-2] * len(gradients),
            max_norm=max_norm,
        )
        weights = history[-1]
    assert (max(norms) > max_norm) == (max_norm == 0.05)
    model.fit(x, y, batch_size=8, epochs=3, verbose=0)
    for found, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_the_config_holds_all_arguments():
    arguments = {"rho": 0.8, "momentum": 0.7, "floor": 0.3, "max_norm": 5.0}
    optimizer = FlooredRMSprop(0.125, name="mine", **arguments)
    config = optimizer.get_config()
    assert {name: config[name] for name in arguments} == arguments
    assert (config["learning_rate"], config["name"]) == (0.125, "mine")
    assert FlooredRMSprop.from_config(dict(config)).get_config() == config
    schedule = keras.optimizers.schedules.CosineDecay(0.5, 10)
    config = FlooredRMSprop(schedule).get_config()
    assert FlooredRMSprop.from_config(dict(config)).get_config() == config
