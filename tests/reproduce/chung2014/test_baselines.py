import numpy as np
import pytest

from keras_gated.datasets import speech
from reproduce.studies.chung2014.baselines import speech_baselines
from tests import needs


def scores(*splits):
    names = ("train", "valid", "test")
    gaussian, linear = speech_baselines(dict(zip(names, splits, strict=False)))
    assert gaussian["name"] == "independent Gaussian"
    assert linear["name"] == "linear autoregression"
    return gaussian["nll"], linear["nll"]


def noise(seed=0, sequences=20, steps=500):
    draw = np.random.default_rng(seed).normal
    size = (sequences, steps)
    return list(draw(size=(*size, 20))), list(draw(size=(*size, 10)))


def process(lengths, seed=0):
    """Targets linear in the inputs, with correlated noise."""
    draw = np.random.default_rng(seed).normal
    weights = np.random.default_rng(99).normal(size=(4, 3))
    factor = np.array([[1.0, 0, 0], [0.8, 0.5, 0], [-0.3, 0.2, 0.4]])
    inputs = [draw(size=(steps, 4)) for steps in lengths]
    targets = [x @ weights + 2 + draw(size=(len(x), 3)) @ factor.T for x in inputs]
    return inputs, targets


def test_ten_standard_normal_samples_cost_14_19_nats():
    entropy = 5 * np.log(2 * np.pi * np.e)
    assert round(entropy, 2) == 14.19
    gaussian, linear = scores(noise(), noise(1))
    assert gaussian["train"]["pooled"] == pytest.approx(entropy, abs=0.02)
    assert gaussian["valid"]["pooled"] == pytest.approx(entropy, abs=0.05)
    assert linear["valid"]["pooled"] == pytest.approx(entropy, abs=0.08)


def test_train_scores_equal_the_entropies_of_the_fitted_normals():
    inputs, targets = process([400, 300])
    gaussian, linear = scores((inputs, targets))
    y = np.concatenate(targets)
    entropy = 1.5 * np.log(2 * np.pi * np.e * y.var())
    assert gaussian["train"]["pooled"] == pytest.approx(entropy, rel=1e-12)
    x = np.column_stack([np.concatenate(inputs), np.ones(len(y))])
    residuals = y - x @ np.linalg.solve(x.T @ x, x.T @ y)
    covariance = residuals.T @ residuals / len(y)
    entropy = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * covariance)[1]
    assert linear["train"]["pooled"] == pytest.approx(entropy, rel=1e-10)


def test_scores_equal_scipy():
    normal = needs.package("scipy.stats").multivariate_normal
    train, test = process([50, 70, 90]), process([5, 60], seed=1)
    gaussian, linear = scores(train, train, test)
    y = np.concatenate(train[1])
    x = np.column_stack([np.concatenate(train[0]), np.ones(len(y))])
    weights = np.linalg.pinv(x) @ y
    covariance = np.cov((y - x @ weights).T, bias=True)
    ours = {"gaussian": [], "linear": []}
    for inputs, targets in zip(*test, strict=True):
        predicted = inputs @ weights[:-1] + weights[-1]
        spread = normal(np.full(3, y.mean()), y.var() * np.eye(3))
        ours["gaussian"].append(-spread.logpdf(targets))
        spread = normal(np.zeros(3), covariance)
        ours["linear"].append(-spread.logpdf(targets - predicted))
    for name, found in (("gaussian", gaussian), ("linear", linear)):
        expected = {
            "pooled": np.concatenate(ours[name]).mean(),
            "per_sequence": np.mean([nll.mean() for nll in ours[name]]),
        }
        assert found["test"] == pytest.approx(expected, rel=1e-9)
        assert found["test"]["pooled"] != pytest.approx(found["test"]["per_sequence"])


def test_averages_coincide_where_all_sequences_have_one_length():
    for nll in scores(process([30, 30, 30]), process([40, 40], seed=1)):
        for averages in nll.values():
            assert averages["pooled"] == pytest.approx(averages["per_sequence"])


def test_computes_in_double_precision():
    inputs, targets = process([200, 200])
    single = [[a.astype(np.float32) for a in arrays] for arrays in (inputs, targets)]
    double = [[a.astype(np.float64) for a in arrays] for arrays in single]
    for ours, reference in zip(scores(single), scores(double), strict=True):
        assert ours == reference


@pytest.mark.parametrize(
    ("source", "size"), [("fsdd", (7230, 500)), ("asterisk", (800, 8000))]
)
def test_speech_is_predictable(data_dir, source, size):
    data = speech.load(source, *size, data_dir=data_dir)
    gaussian, linear = scores(*(data.frames(s) for s in ("train", "valid", "test")))
    assert gaussian["train"]["pooled"] == pytest.approx(14.19, abs=0.01)
    for split in ("train", "valid", "test"):
        assert linear[split]["pooled"] < gaussian[split]["pooled"] - 5
        averages = linear[split]
        assert averages["pooled"] == pytest.approx(averages["per_sequence"])


X, Y = np.ones((4, 2)), np.arange(8.0).reshape(4, 2)


@pytest.mark.parametrize(
    ("splits", "reason"),
    [
        ({"test": ([X], [Y])}, r"needs the split 'train' to fit, has \['test'\]"),
        ({"train": ([], [])}, "train has 0 sequences of inputs and 0 of targets"),
        ({"train": ([X], [Y, Y])}, "train has 1 sequences of inputs and 2 of"),
        (
            {"train": ([X, X], [Y, Y[:3]])},
            "train sequence 1 has 4 steps of inputs and 3 of targets",
        ),
        (
            {"train": ([X], [Y]), "valid": ([X[:0]], [Y[:0]])},
            "valid sequence 0 has 0 steps",
        ),
        ({"train": ([X], [X])}, r"without error: their covariance \(2, 2\) is not"),
    ],
)
def test_says_what_is_wrong(splits, reason):
    with pytest.raises(ValueError, match=reason):
        speech_baselines(splits)
