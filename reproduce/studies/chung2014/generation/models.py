"""A trained model from its file."""

import lzma
import zipfile
import zlib
from pathlib import Path
from typing import Any

import keras

from keras_gated.layers import BernoulliHead, MDNHead
from keras_gated.models import load_pretrained, sequence_model
from reproduce.studies.chung2014.generation.options import PretrainedChoice
from reproduce.studies.chung2014.paper import SAMPLES_OUT, SPEECH, SPEECH_COMPONENTS
from reproduce.training.arrays import load_arrays

_CORRUPT = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)
_WAY_OUT = "A file of the folder weights/ of a sweep is needed."


def load_model(choice: PretrainedChoice | Path) -> tuple[Any, str | None]:
    """Loads a model, and the name of its data set if that is known.

    Args:
        choice: A model of the package, or the file that `model.save` wrote as `.keras`
            or a trial left as `.npz`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the package has no such model, or the file holds none.
    """
    if isinstance(choice, PretrainedChoice):
        return load_pretrained(*choice), choice.dataset
    return _read_model(choice)


def _read_model(path: Path) -> tuple[Any, str | None]:
    if path.suffix == ".npz":
        return _load_trial(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not a file. A trained model is needed.")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is no model saved by Keras: it is no zip file.")
    try:
        return keras.models.load_model(path, compile=False), None
    except _CORRUPT as error:
        raise ValueError(f"{path} is no model saved by Keras: {error}") from error


def _load_trial(path: Path) -> tuple[Any, str]:
    groups, notes = load_arrays(path)
    try:
        config, weights = notes["config"], groups["weights"]
        dataset = config["dataset"]
        if len(weights[1]) != config["units"]:
            raise ValueError(f"its weights are not those of {config['units']} units")
        head = (
            MDNHead(SPEECH_COMPONENTS, SAMPLES_OUT)
            if dataset in SPEECH
            else BernoulliHead(len(weights[-1]))
        )
        model = sequence_model(
            config["unit"],
            config["units"],
            head,
            input_size=len(weights[0]),
            **config["layer_arguments"],
        )
        model.set_weights(weights)
    except (IndexError, KeyError) as error:
        raise ValueError(
            f"{path} holds no trained model: {error} is missing. {_WAY_OUT}"
        ) from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no trained model: {error}. {_WAY_OUT}") from (
            error
        )
    return model, dataset
