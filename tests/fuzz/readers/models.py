"""Models and checkpoints: cards, weights, `.keras` files, configurations."""

import functools
import hashlib
import io
import json
import random
import tempfile
from pathlib import Path

import keras
import numpy as np

from keras_gated.layers import (
    GRU,
    BernoulliHead,
    MDNHead,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    WeightNoise,
)
from keras_gated.losses import BernoulliNLL, MixtureNLL
from keras_gated.models import load_pretrained, sequence_model
from keras_gated.models.pretrained import named_variables
from reproduce.generation.models import load_model
from reproduce.training.arrays import save_arrays
from reproduce.training.progress import HISTORY, Progress
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.zips import (
    hostile_npz,
    members_of,
    npz_of,
    spoil_member,
    zip_of,
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


WORDS = (
    None,
    True,
    False,
    -1,
    0,
    2.5,
    10**6,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "../canary",
    "tanh",
    "os.system",
    "Orthogonal",
    [],
    {},
    [1, 2],
    {"class_name": "system", "config": {"command": "touch canary"}, "module": "os"},
    {"class_name": "Lambda", "config": {"function": "print"}, "module": "keras.layers"},
    {
        "class_name": "__lambda__",
        "config": {"value": "YwEAAAA=", "defaults": None, "closure": None},
    },
    {"class_name": "function", "config": "eval", "module": "builtins"},
    {"class_name": "Sequential", "config": {"layers": []}, "module": "keras"},
)


def places(value, path=()):
    """The paths to all that is inside a value of JSON."""
    items = value.items() if isinstance(value, dict) else []
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoil_json(rng: random.Random, content: bytes) -> bytes:
    """Drops, renames or changes what a key stands for."""
    value = json.loads(content)
    for _ in range(rng.choice((1, 1, 2))):
        found = list(places(value))
        if not found:
            break
        *path, key = rng.choice(found)
        inner = functools.reduce(lambda part, step: part[step], path, value)
        match rng.randrange(4):
            case 0:
                del inner[key]
            case 1 if isinstance(inner, dict):
                inner[rng.choice(("", "unknown", "units", "module"))] = inner.pop(key)
            case _:
                inner[key] = rng.choice(WORDS)
    return json.dumps(value).encode()


def hostile_json(whole: bytes):
    return {
        "deep lists": b"[" * 200_000,
        "deep dictionaries": b'{"a":' * 200_000,
        "a number of 1 MB": b'{"units": ' + b"9" * 1_000_000 + b"}",
        "a list": b"[1, 2]",
        "a word": b'"gru"',
        "nothing": b"",
        "no Unicode": b'{"units": "\xff\xfe"}',
        "UTF-16": whole.decode().encode("utf-16"),
        "half a surrogate": whole.replace(b"gru", b"\\ud800"),
        "NaN": b"NaN",
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


@functools.cache
def keras_file():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        sequence_model(
            "lstm", UNITS, MDNHead(2, 3), input_size=INPUTS, weight_noise=0.1
        ).save(path)
        return path.read_bytes()


def spoil_keras(rng, content):
    if rng.random() < 0.4:
        return spoil_member(rng, content)
    members = members_of(content)
    members["config.json"] = spoil_json(rng, members["config.json"])
    return zip_of(members)


def hostile_keras_files():
    members = members_of(keras_file())
    code = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {
            "function": {
                "class_name": "__lambda__",
                "config": {"code": "4wAAAAAA", "defaults": None, "closure": None},
            }
        },
        "registered_name": None,
    }
    shell = {"module": "os", "class_name": "system", "config": "touch canary"}
    configs = hostile_json(members["config.json"])
    configs |= {
        "a Lambda": json.dumps(code).encode(),
        "os.system": json.dumps(shell).encode(),
    }
    files = {
        name: zip_of({**members, "config.json": config})
        for name, config in configs.items()
    }
    files["a path out of the folder"] = zip_of({**members, "../canary": b"x"})
    files["a bomb of weights"] = zip_of({**members, "model.weights.h5": bytes(1 << 27)})
    files["no weights"] = zip_of({k: v for k, v in members.items() if "h5" not in k})
    return files


def check_loaded(found):
    loaded, _ = found
    demand(isinstance(loaded, keras.Model), f"a {type(loaded).__name__}")


@functools.cache
def configurations():
    # Otherwise names depend on what was read before, and with them every case.
    keras.utils.clear_session()
    objects = {
        "lstm": PeepholeLSTM(2, kernel_regularizer="l2", recurrent_dropout=0.1),
        "gru": GRU(2, bias_constraint="max_norm", checkpoint_steps=3),
        "tanh": SimpleRNN(2, activity_regularizer="l1", dropout=0.5),
        "cell": PeepholeLSTMCell(2, use_peepholes=False),
        "noise": WeightNoise(GRU(2), 0.1, seed=3),
        "bernoulli": BernoulliHead(3, dtype="mixed_bfloat16"),
        "mixture": MDNHead(2, 3),
        "loss": BernoulliNLL(),
        "mixture loss": MixtureNLL(2),
    }
    return {
        name: json.dumps(keras.saving.serialize_keras_object(found)).encode()
        for name, found in objects.items()
    }


def deserialize(path):
    found = keras.saving.deserialize_keras_object(json.loads(path.read_bytes()))
    if isinstance(found, keras.layers.Layer):
        _use(found)
    return found


def _use(layer):
    """Builds a layer, if it is small, so that what is wrong with it comes out."""
    sizes = [getattr(layer, name, 1) for name in ("units", "event_size", "components")]
    if not any(isinstance(size, int) and size > 1000 for size in sizes):
        layer.build(
            (None, 2) if isinstance(layer, PeepholeLSTMCell) else (None, None, 2)
        )


def check_configured(found):
    if isinstance(found, keras.layers.Layer | keras.losses.Loss):
        again = type(found).from_config(found.get_config())
        demand(again.get_config() == found.get_config(), "another configuration")


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
    ".keras file": Reader(
        suffix=".keras",
        read=load_model,
        # Keras unpacks a model with assets into a temporary folder.
        writes=True,
        check=check_loaded,
        whole=lambda: {"whole": keras_file()},
        hostile=hostile_keras_files,
        spoil=spoil_keras,
        few=10,
        many=400,
    ),
    "configuration": Reader(
        suffix=".json",
        read=deserialize,
        check=check_configured,
        whole=configurations,
        spoil=spoil_json,
        # All but the last are Keras' own, for what lacks a part or is of another type.
        refusals=(AttributeError, KeyError, TypeError, ValueError),
        names="",
        few=40,
        many=1000,
    ),
}
