"""What all wrappers that replace weights have in common."""

import keras
import numpy as np
import pytest

from keras_gated.layers import DropConnect
from keras_gated.layers.kernel_wrapper import inference_layer
from tests.layers.wrappers import KERNELS, RANDOM, WRAPPERS, reveal, to_numpy
from tests.tiers import exhaustive_elsewhere
from tests.units import GRU_BEFORE, PEEPHOLE_LSTM, TANH, normal, randomise

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
MASK = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 1], [0, 0, 0, 0, 0]], bool)

LAYERS = {
    "lstm": lambda: PEEPHOLE_LSTM.make(SIZE, return_sequences=True),
    "gru": lambda: GRU_BEFORE.make(SIZE, return_sequences=True),
    "tanh": lambda: TANH.make(SIZE, return_sequences=True),
    "keras lstm": lambda: keras.layers.LSTM(SIZE, return_sequences=True),
    "bidirectional": lambda: keras.layers.Bidirectional(
        GRU_BEFORE.make(SIZE, return_sequences=True)
    ),
    "dense": lambda: keras.layers.Dense(SIZE),
}


@pytest.fixture(params=WRAPPERS.values(), ids=WRAPPERS.keys())
def wrap(request):
    return request.param


@pytest.fixture(params=LAYERS.values(), ids=LAYERS.keys())
def layer(request):
    return randomise(request.param(), FEATURES)


def random_magnitudes(wrapper):
    """Gives the weights of a `WeightNormalization` lengths other than their own."""
    rng = np.random.default_rng(9)
    for magnitude in getattr(wrapper, "magnitudes", ()):
        magnitude.assign(rng.uniform(0.5, 2, magnitude.shape))
    return wrapper


def test_the_layer_runs_with_other_kernels(wrap, layer):
    """The same for all sequences and steps, and with nothing else changed."""

    def wrapped(layer):
        wrapper = wrap(layer)
        wrapper.build(x.shape)
        return random_magnitudes(wrapper)

    x = normal(BATCH, TIME, FEATURES)
    before = layer.get_weights()
    outputs, used = reveal(wrapped, layer, x)
    assert outputs.shape == layer.compute_output_shape(x.shape)
    trainable = [id(weight) for weight in layer.trainable_weights]
    for weight, own, other in zip(layer.weights, before, used, strict=True):
        np.testing.assert_array_equal(to_numpy(weight), own)
        if id(weight) in trainable:
            assert np.any(own != other) == (weight.name in KERNELS), weight.path
    layer.set_weights(used)
    np.testing.assert_allclose(to_numpy(layer(x)), outputs, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("wrap", RANDOM.values(), ids=RANDOM.keys())
def test_nothing_is_drawn_at_inference(wrap):
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x = normal(BATCH, TIME, FEATURES)
    wrapper = wrap(layer)
    np.testing.assert_array_equal(to_numpy(wrapper(x)), to_numpy(layer(x)))
    assert wrapper.losses == []
    assert inference_layer(wrapper) is layer


PAIRS = (
    (WRAPPERS["weight noise"], LAYERS["gru"]),
    (WRAPPERS["drop connect"], LAYERS["keras lstm"]),
    (WRAPPERS["weight normalization"], LAYERS["bidirectional"]),
    (WRAPPERS["adaptive"], LAYERS["lstm"]),
    (WRAPPERS["weight normalization"], LAYERS["dense"]),
)


@exhaustive_elsewhere
def test_model_trains_and_its_files_hold_everything(backend, tmp_path):
    layers = [wrap(make()) for wrap, make in PAIRS]
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    for layer in layers:
        random_magnitudes(layer)
    model.compile("adam", "mse", jit_compile=backend != "torch")
    x, y = normal(BATCH, TIME, FEATURES), normal(BATCH, TIME, SIZE)
    before = model.get_weights()
    assert np.isfinite(model.fit(x, y, epochs=2, verbose=0).history["loss"]).all()
    for weight, old in zip(model.weights, before, strict=True):
        assert np.any(to_numpy(weight) != old), weight.path
    paths = [weight.path for weight in model.weights]
    assert len(set(paths)) == len(paths)

    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.to_json() == model.to_json()
    blank = keras.models.clone_model(model)
    blank.load_weights(tmp_path / "model.weights.h5")
    expected = model.predict(x, verbose=0)
    for again in (loaded, blank):
        np.testing.assert_array_equal(again.predict(x, verbose=0), expected)
        pairs = zip(again.get_weights(), model.get_weights(), strict=True)
        for found, weight in pairs:
            np.testing.assert_array_equal(found, weight)
        # Training goes on with the same draws.
        for one, other in zip(again.layers, model.layers, strict=True):
            for found, seed in zip(draws(one), draws(other), strict=True):
                np.testing.assert_array_equal(found, seed)


def draws(layer):
    """The states of the layer's own seed."""
    generator = getattr(layer, "seed_generator", None)
    return [] if generator is None else [to_numpy(generator.state)]


def test_mask_and_states_pass_through(wrap):
    unit = PEEPHOLE_LSTM
    layer = randomise(
        unit.make(SIZE, return_sequences=True, return_state=True), FEATURES
    )
    x, states = normal(BATCH, TIME, FEATURES), normal(unit.states, BATCH, SIZE, seed=4)
    for training in (True, False):
        found, used = reveal(
            wrap, layer, x, training, initial_state=list(states), mask=MASK
        )
        expected, final = unit.run_reference(x, used, states, mask=MASK)
        for one, other in zip(found, [expected, *final], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=2e-6)


def test_mask_comes_from_the_layer_before(wrap):
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    x = np.where(MASK[..., None], normal(BATCH, TIME, FEATURES), np.float32(-1))
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), keras.layers.Masking(-1.0), wrap(layer)]
    )
    found = model.predict(x, verbose=0)
    expected = to_numpy(layer(x, mask=MASK))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(wrap, policy):
    """The weights that are made are rounded, not what they are made of."""
    keras.config.set_dtype_policy(policy)
    dtype = policy.removeprefix("mixed_")
    layer = randomise(keras.layers.Dense(SIZE), FEATURES)
    x = np.eye(FEATURES, dtype="float32")[None]
    outputs, (kernel, bias) = reveal(wrap, layer, x)
    kernel, bias = (keras.ops.cast(weight, dtype) for weight in (kernel, bias))
    np.testing.assert_array_equal(outputs, to_numpy(kernel + bias)[None])
    wrapper = wrap(layer)
    wrapper.build(x.shape)
    assert {weight.dtype for weight in wrapper.weights} == {"float32"}


@pytest.mark.parametrize("wrap", RANDOM.values(), ids=RANDOM.keys())
def test_same_seed_same_draws(wrap):
    x = normal(BATCH, TIME, FEATURES)
    layer = randomise(GRU_BEFORE.make(SIZE), FEATURES)
    one, other = wrap(layer), wrap(layer)
    first, second = (to_numpy(one(x, training=True)) for _ in range(2))
    assert np.any(first != second)
    for expected in (first, second):
        np.testing.assert_array_equal(to_numpy(other(x, training=True)), expected)


def test_config(wrap):
    layer = wrap(PEEPHOLE_LSTM.make(SIZE, name="inside"))
    config = layer.get_config()
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == config
    assert again.weight_names == KERNELS
    assert getattr(again, "seed", 3) == 3


@pytest.mark.parametrize("names", ["kernel", [1]])
def test_names_must_be_names(names):
    with pytest.raises(ValueError, match=r"DropConnect needs a sequence of names"):
        DropConnect(keras.layers.Dense(SIZE), 0.5, names)


def test_there_must_be_such_a_weight():
    message = r"acts on weights named recurrent_kernel.*'plain' of type Dense"
    with pytest.raises(ValueError, match=message):
        DropConnect(keras.layers.Dense(SIZE, name="plain"), 0.5).build((None, FEATURES))
