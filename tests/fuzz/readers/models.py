"""Trained models and checkpoints: cards and arrays."""

import functools
import hashlib
import io
import json
import tempfile
from pathlib import Path

import keras
import numpy as np

from keras_gated.layers import (
    BernoulliHead,
)
from keras_gated.losses import BernoulliNLL
from keras_gated.models import load_pretrained, sequence_model
from keras_gated.models.pretrained import named_variables
from reproduce.studies.chung2014.generation.models import load_model
from reproduce.training.arrays import save_arrays
from reproduce.training.progress import HISTORY, Progress
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.jsons import WORDS, hostile_json, spoil_json
from tests.fuzz.readers.zips import (
    hostile_npz,
    npz_of,
    spoil_member,
)

UNITS, INPUTS = 3, 4


@functools.cache
def model():
    keras.utils.set_random_seed(0)
    return sequence_model("gru", UNITS, BernoulliHead(INPUTS), input_size=INPUTS)


@functools.cache
def weights():
    arrays = {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in named_variables(model()).items()
    }
    return npz_of(**arrays)


def card(**changed):
    return {
        "dataset": "file",
        "unit": "gru",
        "units": UNITS,
        "input_size": INPUTS,
        "layer_arguments": {"reset_after": False},
        "head": {"type": "BernoulliHead", "event_size": INPUTS},
        "nll": {"test": {"pooled": 8.5, "per_sequence": None}},
        "weights_sha256": hashlib.sha256(weights()).hexdigest(),
        **changed,
    }


def hostile_cards():
    large = {
        "a billion units": {"units": 10**9},
        "a billion inputs": {"input_size": 10**9},
        "a large head": {"head": {"type": "BernoulliHead", "event_size": 10**9}},
        "a mixture": {
            "head": {"type": "MDNHead", "components": 10**5, "event_size": 10**5}
        },
    }
    large |= {
        f"arguments {number}": {"layer_arguments": {"activation": word}}
        for number, word in enumerate(WORDS)
    }
    changed = {name: json.dumps(card(**part)).encode() for name, part in large.items()}
    return {**changed, **hostile_json(json.dumps(card()).encode())}


def load_beside(path):
    return load_pretrained("file", "gru", path.parent)


def check_model(found):
    demand(found.count_params() == model().count_params(), "another size")
    for weight in found.get_weights():
        demand(weight.dtype == np.float32, f"weights of {weight.dtype}")


def write_weights(path):
    path.with_suffix(".npz").write_bytes(weights())


def write_card(path):
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    text = json.dumps(card(weights_sha256=found))
    path.with_suffix(".json").write_text(text)


@functools.cache
def trained():
    """A model with an optimizer, which a checkpoint is of."""
    keras.utils.set_random_seed(0)
    found = sequence_model("gru", UNITS, BernoulliHead(INPUTS), input_size=INPUTS)
    found.compile("rmsprop", BernoulliNLL())
    found.optimizer.build(found.trainable_variables)
    return found


def progress(path):
    return Progress(path, patience=3, every=0, report=lambda epoch, score: None)


def resume(path):
    found = progress(path)
    found.resume(trained())
    found.restore_best(trained())
    return found


def check_progress(found):
    demand(set(found.history) == set(HISTORY.values()), "the columns")
    demand(0 <= found.best_epoch <= found.epochs, "the best epoch")
    demand(all(len(c) == found.epochs for c in found.history.values()), "the epochs")
    demand(isinstance(found.is_over, bool), "whether it is over")


@functools.cache
def checkpoint():
    found = trained()
    state = [*found.variables, *found.optimizer.variables]
    groups = {
        "state": [keras.ops.convert_to_numpy(variable.value) for variable in state],
        "best": found.get_weights(),
    }
    history = {name: [2.0, 1.0] for name in HISTORY.values()}
    return saved(groups, {"best_epoch": 2, "history": history})


def saved(groups, notes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.npz"
        save_arrays(path, groups, notes)
        return path.read_bytes()


@functools.cache
def trial():
    config = {
        "dataset": "jsb_chorales",
        "unit": "gru",
        "units": UNITS,
        "layer_arguments": {"reset_after": False},
    }
    return saved({"weights": model().get_weights()}, {"name": "a", "config": config})


def spoil_notes(rng, content):
    """Spoils the notes of a file of `save_arrays`, or anything else in it."""
    if rng.random() < 0.4:
        return spoil_member(rng, content)
    with np.load(io.BytesIO(content)) as archive:
        arrays = dict(archive)
    notes = spoil_json(rng, arrays["notes"].tobytes())
    arrays["notes"] = np.frombuffer(notes, np.uint8)
    return npz_of(**arrays)


def hostile_notes(whole):
    def with_notes(content):
        with np.load(io.BytesIO(whole)) as archive:
            return npz_of(**{**archive, "notes": np.frombuffer(content, np.uint8)})

    with np.load(io.BytesIO(whole)) as archive:
        notes = archive["notes"].tobytes()
    large = b'{"groups": {"state": 1000000000000}}'
    files = {name: with_notes(text) for name, text in hostile_json(notes).items()}
    return {**files, **hostile_npz(whole), "many arrays": with_notes(large)}


def check_loaded(found):
    loaded, _ = found
    demand(isinstance(loaded, keras.Model), f"a {type(loaded).__name__}")


READERS = {
    "card of a model": Reader(
        suffix="-gru.json",
        read=load_beside,
        check=check_model,
        whole=lambda: {"whole": json.dumps(card()).encode()},
        hostile=hostile_cards,
        spoil=spoil_json,
        prepare=write_weights,
        names="file-gru.",
        few=25,
        many=1000,
    ),
    "weights of a model": Reader(
        suffix="-gru.npz",
        read=load_beside,
        check=check_model,
        whole=lambda: {"whole": weights()},
        hostile=lambda: hostile_npz(weights()),
        spoil=spoil_member,
        prepare=write_card,
        few=20,
        many=1000,
    ),
    "checkpoint": Reader(
        suffix=".npz",
        read=resume,
        check=check_progress,
        whole=lambda: {"whole": checkpoint()},
        hostile=lambda: hostile_notes(checkpoint()),
        spoil=spoil_notes,
        few=25,
        many=1000,
    ),
    "weights of a trial": Reader(
        suffix=".npz",
        read=load_model,
        check=check_loaded,
        whole=lambda: {"whole": trial()},
        hostile=lambda: hostile_notes(trial()),
        spoil=spoil_notes,
        few=20,
        many=1000,
    ),
}
