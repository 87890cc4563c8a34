"""The trained models of the package have the scores that their cards say."""

import hashlib
import json
import shutil

import keras
import numpy as np
import pytest

from keras_gated.datasets import music
from keras_gated.layers import SymbolHead, WeightNoise
from keras_gated.models import (
    list_pretrained,
    load_pretrained,
    pretrained_card,
    sequence_model,
)
from keras_gated.models.pretrained import FOLDER, named_variables

pytestmark = pytest.mark.everywhere


def bernoulli_nll(logits, events):
    """Nats of each step, in NumPy: -log sigmoid(logit) of what is on, and of what is
    off that of the opposite."""
    signed = np.where(events > 0, logits, -logits).astype("float64")
    return np.logaddexp(0, -signed).sum(axis=-1)


def test_chorales_of_all_units_are_there():
    names = list_pretrained()
    assert {("jsb_chorales", unit) for unit in ("lstm", "gru", "tanh")} <= set(names)
    assert len({path.suffix for path in FOLDER.iterdir()}) == 2
    assert len(list(FOLDER.iterdir())) == 2 * len(names)


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_the_test_score_is_that_of_the_card(unit, data_dir):
    model, card = (
        load_pretrained("jsb_chorales", unit),
        pretrained_card("jsb_chorales", unit),
    )
    data = music.load("jsb_chorales", data_dir)
    assert data.fingerprint == card["data_fingerprint"]
    assert model.count_params() == card["parameters"]["total"]
    longest = max(len(roll) for roll in data.test)
    padded = np.zeros((len(data.test), longest, data.dims), "float32")
    for row, roll in zip(padded, data.test, strict=True):
        row[: len(roll)] = roll
    logits = model.predict(padded[:, :-1], batch_size=len(padded), verbose=0)
    scores = [
        bernoulli_nll(row[: len(roll) - 1], roll[1:])
        for row, roll in zip(logits, data.test, strict=True)
    ]
    recorded = card["nll"]["test"]
    assert np.concatenate(scores).mean() == pytest.approx(recorded["pooled"], abs=1e-4)
    per_sequence = np.mean([steps.mean() for steps in scores])
    assert per_sequence == pytest.approx(recorded["per_sequence"], abs=1e-4)


def test_further_arguments_reach_the_model():
    noisy = load_pretrained("jsb_chorales", "gru", weight_noise=0.1, dropout=0.5)
    plain = load_pretrained("jsb_chorales", "gru")
    recurrent = noisy.layers[1]
    assert isinstance(recurrent, WeightNoise) and recurrent.layer.cell.dropout == 0.5
    for one, other in zip(noisy.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def write_symbol_model(folder, **changed):
    """The files of a model of symbols with two layers, and the model."""
    model = sequence_model(
        *("lstm", 3, SymbolHead(5), 5), num_layers=2, one_hot=True, use_peepholes=False
    )
    arrays = {
        name: np.array(keras.ops.convert_to_numpy(variable), "float16")
        for name, variable in named_variables(model).items()
    }
    np.savez(folder / "tunes-lstm.npz", **arrays)
    card = {
        "dataset": "tunes",
        "unit": "lstm",
        "units": 3,
        "input_size": 5,
        "num_layers": 2,
        "one_hot": True,
        "layer_arguments": {"use_peepholes": False},
        "head": {"type": "SymbolHead", "num_symbols": 5},
        "weights_sha256": hashlib.sha256(
            (folder / "tunes-lstm.npz").read_bytes()
        ).hexdigest(),
    }
    (folder / "tunes-lstm.json").write_text(json.dumps({**card, **changed}))
    return model


def test_a_model_of_symbols_with_several_layers(tmp_path):
    model = write_symbol_model(tmp_path)
    loaded = load_pretrained("tunes", "lstm", tmp_path, layer_dropout=0.5)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one.astype("float16"), other)
    symbols = np.array([[0, 4, 2]])
    logits = loaded.predict(symbols, verbose=0)
    assert logits.shape == (1, 3, 5)
    np.testing.assert_allclose(logits, model.predict(symbols, verbose=0), atol=1e-2)


@pytest.mark.parametrize(
    "changed",
    [
        {"num_layers": 10**9},
        {"num_layers": 1},
        {"head": {"type": "SymbolHead", "num_symbols": 10**9}},
        {"head": {"type": "SymbolHead"}},
        {"one_hot": "no"},
    ],
)
def test_a_card_of_other_symbols_is_named(tmp_path, changed):
    write_symbol_model(tmp_path, **changed)
    with pytest.raises(ValueError, match="does not hold the model of its card"):
        load_pretrained("tunes", "lstm", tmp_path)


@pytest.mark.parametrize("name", [("jsb_chorales", "elman"), ("mozart", "gru")])
def test_an_unknown_name_lists_the_known_ones(name):
    for function in (load_pretrained, pretrained_card):
        with pytest.raises(ValueError, match=r"\('jsb_chorales', 'tanh'\)") as error:
            function(*name)
        assert repr(name) in str(error.value)


def test_damaged_weights_are_refused(tmp_path):
    for path in FOLDER.glob("jsb_chorales-gru.*"):
        shutil.copy(path, tmp_path)
    weights = tmp_path / "jsb_chorales-gru.npz"
    assert list_pretrained(tmp_path) == [("jsb_chorales", "gru")]
    content = bytearray(weights.read_bytes())
    content[5000] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load_pretrained("jsb_chorales", "gru", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 200_000, "no card of a model: maximum recursion"),
        ("{", "no card of a model"),
        ("[]", "it lacks"),
        ('{"units": "46"}', r"it lacks .*'units' \(int\)"),
    ],
)
def test_a_broken_card_is_named(tmp_path, text, reason):
    path = tmp_path / "jsb_chorales-gru.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=reason) as error:
        load_pretrained("jsb_chorales", "gru", tmp_path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"units": 10**9},
        {"input_size": 10**9},
        {"head": {"type": "BernoulliHead", "event_size": 10**9}},
        {"head": {"type": "unknown", "event_size": 88}},
        {"layer_arguments": {"activation": "os.system"}},
    ],
)
def test_a_card_of_another_model_is_named(tmp_path, changed):
    for suffix in (".json", ".npz"):
        shutil.copy(FOLDER / f"jsb_chorales-gru{suffix}", tmp_path)
    path = tmp_path / "jsb_chorales-gru.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(ValueError, match="does not hold the model of its card"):
        load_pretrained("jsb_chorales", "gru", tmp_path)
