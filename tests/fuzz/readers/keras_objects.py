"""What Keras saves: `.keras` files and configurations."""

import functools
import json
import tempfile
import zipfile
from pathlib import Path

import keras

from keras_gated.layers import (
    GRU,
    BernoulliHead,
    MDNHead,
    OneHot,
    PeepholeLSTM,
    PeepholeLSTMCell,
    SimpleRNN,
    SymbolHead,
    WeightNoise,
)
from keras_gated.losses import BernoulliNLL, MixtureNLL, SymbolNLL
from keras_gated.models import sequence_model
from reproduce.studies.chung2014.generation.models import load_model
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.jsons import hostile_json, spoil_json
from tests.fuzz.readers.models import check_loaded
from tests.fuzz.readers.zips import members_of, spoil_member, zip_of

UNITS, INPUTS = 3, 4


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
        "an integer that no float holds": members["config.json"].replace(
            b'"gain": 1.0', b'"gain": 1' + b"0" * 400
        ),
    }
    files = {
        name: zip_of({**members, "config.json": config})
        for name, config in configs.items()
    }
    files["a path out of the folder"] = zip_of({**members, "../canary": b"x"})
    files["a bomb of weights"] = zip_of({**members, "model.weights.h5": bytes(1 << 27)})
    for name, content in members.items():
        others = {other: members[other] for other in members if other != name}
        packed = bytearray(zip_of({name: content, **others}, zipfile.ZIP_STORED))
        # The packed and the whole size of the first member, in the directory.
        sizes = packed.index(b"PK\x01\x02") + 20
        packed[sizes : sizes + 8] = 2 * (1 << 24).to_bytes(4, "little")
        files[f"{name} longer than the file"] = bytes(packed)
    packed = zip_of(members, zipfile.ZIP_LZMA)
    files["broken LZMA"] = packed[:164] + b"\xff\x00\xff" + packed[167:]
    files["no weights"] = zip_of({k: v for k, v in members.items() if "h5" not in k})
    return files


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
        "symbol": SymbolHead(3),
        "one-hot": OneHot(3),
        "loss": BernoulliNLL(),
        "mixture loss": MixtureNLL(2),
        "symbol loss": SymbolNLL("bits"),
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
        config = found.get_config()
        again = type(found).from_config(config).get_config()
        if config.get("dtype", "") is None:
            # Keras makes None of a policy without a class, and the default of None.
            config["dtype"] = again["dtype"]
        demand(again == config, "another configuration")


READERS = {
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
        # All but the last are Keras' own: it lacks a part, is of another type, or has
        # an integer that no float holds.
        refusals=(AttributeError, KeyError, TypeError, OverflowError, ValueError),
        names="",
        few=40,
        many=1000,
    ),
}
