import keras
import numpy as np
import pytest
from scipy import special, stats

from keras_gated import mixture
from tests.gradients import finite_differences, value_and_gradients


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def scale_floor(dtype):
    return np.sqrt(np.finfo(dtype).eps)


def random_packed(rng, steps, components, event_size):
    return rng.normal(size=(steps, mixture.packed_size(components, event_size)))


def unpack_by_hand(packed, components, event_size, dtype="float64"):
    """The documented layout, read entry by entry, with the floor of `dtype`."""
    shape = (len(packed), components, event_size)
    means, scales = np.empty(shape), np.empty(shape)
    for k in range(components):
        for e in range(event_size):
            column = components + k * event_size + e
            means[:, k, e] = packed[:, column]
            raw = packed[:, column + components * event_size]
            scales[:, k, e] = np.log1p(np.exp(raw)) + scale_floor(dtype)
    return special.log_softmax(packed[:, :components], axis=-1), means, scales


def log_prob_by_scipy(packed, events, components, dtype="float64"):
    log_weights, means, scales = unpack_by_hand(
        packed, components, events.shape[-1], dtype
    )
    log_densities = stats.norm.logpdf(events[:, None], means, scales).sum(axis=-1)
    return special.logsumexp(log_weights + log_densities, axis=-1)


def log_prob_in_double(packed, events, components):
    packed = keras.ops.convert_to_tensor(packed, dtype="float64")
    events = keras.ops.convert_to_tensor(events, dtype="float64")
    return keras.ops.convert_to_numpy(mixture.log_prob(packed, events, components))


@pytest.mark.parametrize(("components", "event_size"), [(4, 1), (3, 7)])
def test_unpack_follows_the_documented_layout(float64, rng, components, event_size):
    packed = random_packed(rng, 6, components, event_size)
    unpacked = mixture.unpack(
        keras.ops.convert_to_tensor(packed, dtype="float64"), components, event_size
    )
    unpacked = [keras.ops.convert_to_numpy(part) for part in unpacked]
    for ours, reference in zip(
        unpacked, unpack_by_hand(packed, components, event_size), strict=True
    ):
        assert ours.dtype == "float64"
        np.testing.assert_allclose(ours, reference, rtol=1e-12)


@pytest.mark.parametrize(("components", "event_size"), [(1, 1), (5, 1), (5, 10)])
def test_log_prob_is_that_of_scipy(float64, rng, components, event_size):
    packed = random_packed(rng, 8, components, event_size)
    events = 3 * rng.normal(size=(8, event_size))
    np.testing.assert_allclose(
        log_prob_in_double(packed, events, components),
        log_prob_by_scipy(packed, events, components),
        rtol=1e-12,
    )


def test_joint_density_is_that_of_multivariate_normals(float64, rng):
    packed = random_packed(rng, 1, 2, 3)
    event = rng.normal(size=(1, 3))
    log_weights, means, scales = unpack_by_hand(packed, 2, 3)
    density = sum(
        np.exp(log_weights[0, k])
        * stats.multivariate_normal.pdf(
            event[0], means[0, k], np.diag(scales[0, k] ** 2)
        )
        for k in range(2)
    )
    np.testing.assert_allclose(
        log_prob_in_double(packed, event, 2), np.log(density), rtol=1e-12
    )


def test_density_integrates_to_one(float64, rng):
    grid = np.linspace(-40, 40, 200_001)[:, None]
    packed = np.tile(random_packed(rng, 1, 4, 1), (len(grid), 1))
    density = np.exp(log_prob_in_double(packed, grid, 4))
    assert np.trapezoid(density, grid[:, 0]) == pytest.approx(1, abs=1e-9)


def test_long_events_do_not_underflow(rng):
    """The density of 1000 values underflows even float64, its logarithm does not."""
    packed = random_packed(rng, 3, 4, 1000).astype("float32")
    events = rng.normal(size=(3, 1000)).astype("float32")
    reference = log_prob_by_scipy(packed, events, 4, dtype="float32")
    assert np.all(np.exp(reference) == 0)
    log_prob = mixture.log_prob(packed, events, 4)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(log_prob), reference, rtol=1e-5
    )


@pytest.mark.parametrize("event_size", [1, 4])
def test_gradients_are_those_of_finite_differences(float64, rng, event_size):
    packed = random_packed(rng, 3, 3, event_size)
    events = rng.normal(size=(3, event_size))

    def total(packed, events):
        return keras.ops.sum(mixture.log_prob(packed, events, 3))

    _, (by_packed, by_events) = value_and_gradients(total, packed, events)
    np.testing.assert_allclose(
        by_packed,
        finite_differences(lambda p: log_prob_by_scipy(p, events, 3).sum(), packed),
        atol=1e-7,
    )
    np.testing.assert_allclose(
        by_events,
        finite_differences(lambda x: log_prob_by_scipy(packed, x, 3).sum(), events),
        atol=1e-7,
    )


def extreme_cases(rng, components, event_size):
    """Every mix of -1e4, 0, 1e4 and values between, in parameters and targets."""
    size = mixture.packed_size(components, event_size) + event_size
    corners = rng.choice([-1e4, 0.0, 1e4], size=(500, size))
    between = rng.uniform(-1e4, 1e4, size=(500, size))
    constant = np.array([[sign * 1e4] * size for sign in (-1, 1)])
    cases = np.concatenate([corners, between, constant])
    return cases[:, event_size:], cases[:, :event_size]


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
@pytest.mark.parametrize(("components", "event_size"), [(1, 1), (20, 10)])
def test_extreme_values_stay_finite(rng, policy, components, event_size):
    keras.config.set_dtype_policy(policy)
    packed, events = extreme_cases(rng, components, event_size)

    def total(packed, events):
        return keras.ops.sum(mixture.log_prob(packed, events, components))

    log_prob = mixture.log_prob(
        packed.astype("float32"), events.astype("float32"), components
    )
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(log_prob)))
    _, gradients = value_and_gradients(total, packed, events)
    assert all(np.all(np.isfinite(gradient)) for gradient in gradients)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_half_precision_is_widened(rng, half):
    packed = keras.ops.cast(random_packed(rng, 4, 3, 2), half)
    events = keras.ops.cast(rng.normal(size=(4, 2)), half)
    log_prob = mixture.log_prob(packed, events, 3)
    assert keras.backend.standardize_dtype(log_prob.dtype) == "float32"
    widened = (
        keras.ops.convert_to_numpy(keras.ops.cast(part, "float32")).astype("float64")
        for part in (packed, events)
    )
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(log_prob),
        log_prob_by_scipy(*widened, 3, dtype="float32"),
        rtol=1e-5,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scales_never_fall_below_the_floor_of_their_dtype(float64, dtype):
    packed = keras.ops.full((1, 3), -1e4, dtype=dtype)
    scale = keras.ops.convert_to_numpy(mixture.unpack(packed, 1, 1)[2])
    assert scale.dtype == dtype
    assert scale[0, 0, 0] == pytest.approx(scale_floor(dtype), rel=1e-6)


def test_wrong_last_dimension():
    with pytest.raises(ValueError, match=r"= 21 numbers.*shape=\(2, 20\)"):
        mixture.unpack(np.zeros((2, 20), "float32"), 3, 3)
