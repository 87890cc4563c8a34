import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches
from keras_gated.layers import BernoulliHead
from keras_gated.losses import BernoulliNLL
from keras_gated.models import sequence_model
from reproduce.studies.chung2014.training.noise import NOISE_DRAWS, score_with_noise
from reproduce.training.scores import score
from tests.reproduce.examples import small_task

pytestmark = pytest.mark.everywhere

LOSS = BernoulliNLL(reduction="none")


def make_model(weight_noise=0.0, unit="gru"):
    return sequence_model(unit, 5, BernoulliHead(6), 6, weight_noise, seed=1)


def batches(split="test", size=5):
    return SequenceBatches(
        *small_task().splits[split], size, shuffle=False, padded_lengths=[12]
    )


def splits():
    return {split: batches(split) for split in ("train", "valid")}


def assert_same_weights(found, expected):
    for array, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(array, other)


def test_both_averages_against_numpy():
    model = make_model()
    totals, lengths = [], []
    for inputs, target in zip(*small_task().splits["test"], strict=True):
        logits = keras.ops.convert_to_numpy(model(inputs[None].astype("float32")))
        logits = logits[0].astype("float64")
        probability = 1 / (1 + np.exp(-np.where(target, logits, -logits)))
        totals.append(-np.log(probability).sum())
        lengths.append(len(target))
    found = score(model, LOSS, batches())
    assert found == pytest.approx(
        {
            "pooled": sum(totals) / sum(lengths),
            "per_sequence": np.mean(np.divide(totals, lengths)),
        },
        rel=1e-5,
    )
    assert found["pooled"] != pytest.approx(found["per_sequence"], rel=1e-4)


@pytest.mark.once
def test_the_size_of_a_batch_changes_nothing():
    model = make_model()
    expected = score(model, LOSS, batches(size=8))
    for size in (1, 3, 20):
        assert score(model, LOSS, batches(size=size)) == pytest.approx(
            expected, rel=1e-5
        )


@pytest.mark.once
@pytest.mark.parametrize("weight_noise", [0.0, 0.1])
def test_tiny_noise_changes_no_score(weight_noise):
    model = make_model(weight_noise)
    noisy = score_with_noise(model, LOSS, splits(), 1e-9, seed=0)
    assert noisy.keys() == splits().keys()
    for split, found in noisy.items():
        clean = score(model, LOSS, batches(split))
        assert found == pytest.approx(clean, rel=1e-5)


@pytest.mark.parametrize("weight_noise", [0.0, 0.1])
def test_the_weights_are_as_before(weight_noise):
    model = make_model(weight_noise)
    before = model.get_weights()
    score_with_noise(model, LOSS, splits(), 0.5, seed=0)
    assert_same_weights(model.get_weights(), before)


@pytest.mark.once
def test_the_weights_are_as_before_where_scoring_fails():
    model = make_model()
    before = model.get_weights()

    def fail(*arguments):
        raise OSError

    with pytest.raises(OSError):
        score_with_noise(model, fail, splits(), 0.5, seed=0)
    assert_same_weights(model.get_weights(), before)


@pytest.mark.once
@pytest.mark.parametrize("weight_noise", [0.0, 0.1])
@pytest.mark.parametrize("unit", ["lstm", "tanh"])
def test_noise_is_on_the_kernels_of_the_recurrent_layer_alone(unit, weight_noise):
    model = make_model(weight_noise, unit)
    clean = model.get_weights()
    draws = []

    def note(*arguments):
        draws.append(model.get_weights())
        return LOSS(*arguments)

    score_with_noise(model, note, {"test": batches(size=8)}, 0.5, seed=0)
    assert len(draws) == NOISE_DRAWS
    for number, weight in enumerate(model.weights):
        noise = np.array([draw[number] - clean[number] for draw in draws])
        if weight.name in ("kernel", "recurrent_kernel") and "head" not in weight.path:
            assert noise.std() == pytest.approx(0.5, rel=0.25)
            assert np.abs(noise[0] - noise[1]).max() > 0.1
        else:
            assert not noise.any(), weight.path


@pytest.mark.once
def test_a_score_with_noise_is_the_mean_over_the_draws():
    model = make_model()
    nats = []

    def note(targets, outputs, weight):
        values = LOSS(targets, outputs, weight)
        total = keras.ops.convert_to_numpy(values).sum()
        nats.append(total / np.sum(weight))
        return values

    found = score_with_noise(model, note, {"test": batches(size=8)}, 0.5, seed=0)
    assert found["test"]["pooled"] == pytest.approx(np.mean(nats), rel=1e-6)
    assert np.ptp(nats) > 1e-3


@pytest.mark.once
def test_the_seed_decides():
    model = make_model(0.1)
    first, again, other = (
        score_with_noise(model, LOSS, splits(), 0.3, seed) for seed in (0, 0, 1)
    )
    assert first == again
    assert first["valid"] != other["valid"]


@pytest.mark.once
def test_much_noise_makes_a_trained_model_worse(backend):
    model = make_model(0.05)
    model.compile(
        keras.optimizers.Adam(0.03), BernoulliNLL(), jit_compile=backend != "torch"
    )
    model.fit(batches("train"), epochs=20, shuffle=False, verbose=0)
    clean = score(model, LOSS, batches("valid"))
    noisy = score_with_noise(model, LOSS, splits(), 1.0, seed=0)["valid"]
    assert clean["pooled"] < 1.5
    assert noisy["pooled"] > clean["pooled"] + 0.3
    assert noisy["per_sequence"] > clean["per_sequence"] + 0.3
