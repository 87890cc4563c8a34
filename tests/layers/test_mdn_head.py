import keras
import numpy as np
import pytest
from keras import ops
from scipy import special

from keras_gated import mixture
from keras_gated.layers.mdn_head import MDNHead
from keras_gated.losses import MixtureNLL


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def pack(weights, means, scales):
    """Packed numbers of one mixture with the given parameters."""
    raw_scales = np.log(np.expm1(np.array(scales)))
    return np.concatenate([np.log(weights), np.ravel(means), np.ravel(raw_scales)])


WEIGHTS = np.array([0.2, 0.5, 0.3])
MEANS = np.array([[-2.0, 1.0], [0.5, 0.0], [3.0, 4.0]])
SCALES = np.array([[0.5, 1.0], [0.1, 0.3], [1.0, 2.0]])
PACKED = pack(WEIGHTS, MEANS, SCALES)


@pytest.mark.parametrize("leading", [(4,), (4, 6), (2, 3, 5)])
def test_packed_parameters_are_an_affine_map(rng, leading):
    head = MDNHead(3, 2, bias_initializer="normal")
    inputs = rng.normal(size=(*leading, 5)).astype("float32")
    packed = head(inputs)
    kernel, bias = head.get_weights()
    np.testing.assert_allclose(
        ops.convert_to_numpy(packed), inputs @ kernel + bias, rtol=1e-5, atol=1e-6
    )
    assert head.compute_output_shape(inputs.shape) == (*leading, 15)


@pytest.mark.parametrize("leading", [(), (4,), (2, 3)])
def test_unpack_gives_back_what_was_packed(leading):
    unpacked = MDNHead(3, 2).unpack(np.broadcast_to(PACKED, (*leading, 15)))
    floored = SCALES + np.sqrt(np.finfo("float32").eps)
    for ours, given in zip(unpacked, (np.log(WEIGHTS), MEANS, floored), strict=True):
        expected = np.broadcast_to(given, (*leading, *given.shape))
        found = ops.convert_to_numpy(ours)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_half_precision_policies_give_float32(rng, policy):
    keras.config.set_dtype_policy(policy)
    head = MDNHead(3, 2)
    hidden = keras.layers.Dense(4)(rng.normal(size=(2, 5)))
    packed = head(hidden)
    assert keras.backend.standardize_dtype(hidden.dtype) != "float32"
    assert head.dtype_policy.name == "float32"
    for tensor in (packed, head.kernel, *head.unpack(packed), head.sample(packed)):
        assert keras.backend.standardize_dtype(tensor.dtype) == "float32"


def test_float64_stays_float64(float64, rng):
    head = MDNHead(3, 2)
    packed = head(rng.normal(size=(2, 5)))
    assert head.dtype_policy.name == "float64"
    for tensor in (*head.unpack(packed), head.mean(packed), head.sample(packed)):
        assert keras.backend.standardize_dtype(tensor.dtype) == "float64"


def test_mean_is_the_weighted_mean():
    mean = ops.convert_to_numpy(MDNHead(3, 2).mean(PACKED[None]))
    np.testing.assert_allclose(mean[0], WEIGHTS @ MEANS, rtol=1e-5)


def test_mode_is_the_highest_peak():
    """The heaviest component need not be the one with the highest peak."""
    head = MDNHead(2, 2)
    means = np.array([[-1.0, 0.0], [1.0, 2.0]])
    broad_and_heavy = pack([0.8, 0.2], means, [[3.0, 3.0], [0.5, 0.5]])
    sharp_and_heavy = pack([0.8, 0.2], means, [[0.5, 0.5], [0.5, 0.5]])
    modes = head.mode(np.stack([broad_and_heavy, sharp_and_heavy]))
    np.testing.assert_allclose(ops.convert_to_numpy(modes), means[::-1], rtol=1e-6)


def test_mode_is_the_best_of_the_means_when_components_lie_apart(rng):
    head = MDNHead(4, 3)
    packed = rng.normal(size=(50, head.units))
    packed[:, 4:16] *= 100
    _, means, _ = (ops.convert_to_numpy(part) for part in head.unpack(packed))
    densities = [
        ops.convert_to_numpy(mixture.log_prob(packed, means[:, k], 4)) for k in range(4)
    ]
    best = means[np.arange(50), np.argmax(densities, axis=0)]
    np.testing.assert_allclose(ops.convert_to_numpy(head.mode(packed)), best, rtol=1e-5)


def test_samples_have_the_moments_of_the_mixture():
    draws = MDNHead(3, 2).sample(np.broadcast_to(PACKED, (400, 500, 15)), seed=1)
    assert tuple(draws.shape) == (400, 500, 2)
    draws = ops.convert_to_numpy(draws).reshape(-1, 2).astype("float64")
    mean = WEIGHTS @ MEANS
    within = np.diag(WEIGHTS @ SCALES**2)
    between = (WEIGHTS[:, None] * (MEANS - mean)).T @ (MEANS - mean)
    spread = np.sqrt(np.diag(within + between))
    tolerance = 5 / np.sqrt(len(draws))
    np.testing.assert_array_less(np.abs(draws.mean(axis=0) - mean), tolerance * spread)
    np.testing.assert_allclose(
        np.cov(draws.T) / np.outer(spread, spread),
        (within + between) / np.outer(spread, spread),
        atol=3 * tolerance,
    )


def test_samples_have_the_entropy_of_their_density(rng):
    """One Gaussian: mean loss of its own samples against the closed form."""
    scales = np.array([0.5, 1.0, 2.0])
    packed = np.broadcast_to(pack([1.0], [0.0, 3.0, -3.0], scales), (200, 500, 7))
    draws = MDNHead(1, 3).sample(packed, seed=2)
    entropy = 1.5 * np.log(2 * np.pi * np.e) + np.log(scales).sum()
    assert float(MixtureNLL()(draws, packed)) == pytest.approx(entropy, abs=0.02)


def test_noise_is_independent_of_the_component():
    """Two equal components told apart by their means, 1000 apart."""
    packed = pack([0.5, 0.5], [[0.0, 0.0], [1000.0, 1000.0]], np.ones((2, 2)))
    draws = MDNHead(2, 2).sample(np.broadcast_to(packed, (100_000, 10)), seed=3)
    draws = ops.convert_to_numpy(draws).astype("float64")
    second = draws[:, 0] > 500
    assert second.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(1e5))
    for noise in (draws[~second], draws[second] - 1000):
        np.testing.assert_allclose(noise.mean(axis=0), 0, atol=5 / np.sqrt(5e4))
        np.testing.assert_allclose(noise.std(axis=0), 1, atol=5 / np.sqrt(1e5))


def test_a_component_without_weight_is_never_drawn():
    packed = np.array([1e4, -1e4, 0.0, 1000.0, 0.0, 0.0])
    draws = MDNHead(2, 1).sample(np.broadcast_to(packed, (10_000, 6)), seed=4)
    assert ops.convert_to_numpy(draws).max() < 500


def test_seeds():
    head, packed = MDNHead(3, 2), np.broadcast_to(PACKED, (4, 6, 15))

    def draw(seed):
        return ops.convert_to_numpy(head.sample(packed, seed=seed))

    np.testing.assert_array_equal(draw(7), draw(7))
    assert np.any(draw(7) != draw(8))
    generator = keras.random.SeedGenerator(7)
    assert np.any(draw(generator) != draw(generator))
    assert np.any(draw(None) != draw(None))


def test_sampling_in_a_traced_function(rng, backend):
    """With the batch and time unknown where the backend can trace that."""
    head = MDNHead(3, 2)
    packed = np.broadcast_to(PACKED, (4, 6, 15)).astype("float32")
    eager = ops.convert_to_numpy(head.sample(packed, seed=5))
    if backend == "jax":
        import jax

        traced = jax.jit(lambda packed: head.sample(packed, seed=5))(packed)
    elif backend == "tensorflow":
        import tensorflow as tf

        unknown = [tf.TensorSpec((None, None, 15))]
        traced = tf.function(lambda p: head.sample(p, seed=5), input_signature=unknown)
        traced = traced(packed)
    else:
        pytest.skip("PyTorch runs eagerly")
    np.testing.assert_allclose(ops.convert_to_numpy(traced), eager, rtol=1e-5)


@pytest.mark.parametrize("functional", [False, True])
def test_in_a_model_saved_and_loaded(rng, functional, tmp_path):
    inputs = rng.normal(size=(2, 4, 5)).astype("float32")
    head = MDNHead(3, 2, bias_regularizer="l2", kernel_constraint="max_norm")
    if functional:
        outer = keras.Input((None, 5))
        model = keras.Model(outer, head(outer))
    else:
        model = keras.Sequential([keras.Input((None, 5)), head])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    packed = model.predict(inputs, verbose=0)
    np.testing.assert_array_equal(loaded.predict(inputs, verbose=0), packed)
    copy = loaded.layers[-1]
    assert type(copy) is MDNHead and (copy.components, copy.event_size) == (3, 2)
    assert copy.get_config() == head.get_config()
    np.testing.assert_array_equal(
        ops.convert_to_numpy(copy.sample(packed, seed=1)),
        ops.convert_to_numpy(head.sample(packed, seed=1)),
    )


def test_learns_two_branches(rng):
    """A target of +1 or -1 at random: one Gaussian must blur, two need not."""
    inputs = np.ones((256, 1), "float32")
    events = rng.choice([-1.0, 1.0], size=(256, 1)) + 0.05 * rng.normal(size=(256, 1))
    nats = {}
    for components in (1, 2):
        model = keras.Sequential([keras.Input((1,)), MDNHead(components, 1)])
        means = np.linspace(-0.5, 0.5, components)
        zeros = np.zeros(components)
        model.set_weights(
            [np.zeros((1, 3 * components)), np.concatenate([zeros, means, zeros])]
        )
        model.compile(keras.optimizers.Adam(0.05), loss=MixtureNLL())
        steps = np.tile(inputs, (100, 1)), np.tile(events, (100, 1))
        # Every batch is the whole: the noise of a draw can lead to the saddle between
        # the branches.
        model.fit(*steps, batch_size=256, shuffle=False, verbose=0)
        nats[components] = model.evaluate(inputs, events, batch_size=256, verbose=0)
    blurred = 0.5 * np.log(2 * np.pi * np.e * events.var())
    assert nats[1] == pytest.approx(blurred, abs=0.05)
    assert nats[2] < blurred - 1


def test_config_names_only_its_own_arguments():
    config = MDNHead(3, 2).get_config()
    assert (config["components"], config["event_size"]) == (3, 2)
    assert "units" not in config and "activation" not in config


@pytest.mark.parametrize("value", [0, -1, 2.5, None])
@pytest.mark.parametrize("name", ["components", "event_size"])
def test_sizes_must_be_positive_integers(name, value):
    sizes = {"components": 3, "event_size": 2, name: value}
    with pytest.raises(ValueError, match=f"positive integer {name}; received"):
        MDNHead(**sizes)


def test_packed_of_another_size():
    with pytest.raises(ValueError, match=r"= 15 numbers.*shape=\(4, 14\)"):
        MDNHead(3, 2).unpack(np.zeros((4, 14)))


def test_log_weights_are_normalised(rng):
    log_weights, _, _ = MDNHead(3, 2).unpack(100 * rng.normal(size=(20, 15)))
    total = special.logsumexp(ops.convert_to_numpy(log_weights), axis=-1)
    np.testing.assert_allclose(total, 0, atol=1e-5)
