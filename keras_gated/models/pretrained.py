"""Trained models that come with the package."""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import keras

from keras_gated import mixture
from keras_gated._archives import load_arrays
from keras_gated.layers import BernoulliHead, MDNHead, SymbolHead
from keras_gated.layers.weight_noise import without_noise
from keras_gated.models.matched import sequence_model

FOLDER = Path(__file__).parent / "weights"
"""Where the files of the package are: a card and an archive for each model."""

HEADS = {
    "BernoulliHead": BernoulliHead,
    "MDNHead": MDNHead,
    "SymbolHead": SymbolHead,
}

NEEDED = {
    "dataset": str,
    "unit": str,
    "units": int,
    "input_size": int,
    "layer_arguments": dict,
    "head": dict,
    "weights_sha256": str,
}
"""What a card must say for its model to be built."""

MAX_BYTES = 1 << 30

Card = dict[str, Any]


def list_pretrained(folder: Path | None = None) -> list[tuple[str, str]]:
    """Lists the trained models as pairs of data set and unit.

    Args:
        folder: A folder that `reproduce/run.py publish` has filled; by default that of
            the package.

    Returns:
        Arguments for `load_pretrained` and `pretrained_card`.

    Examples:
        >>> from keras_gated.models import list_pretrained
        >>> ("jsb_chorales", "gru") in list_pretrained()
        True
    """
    cards = [_read_card(path) for path in (folder or FOLDER).glob("*.json")]
    return sorted((card["dataset"], card["unit"]) for card in cards)


def pretrained_card(dataset: str, unit: str, folder: Path | None = None) -> Card:
    """Returns what is known about a trained model.

    Args:
        dataset: Name of the data set it was trained on, such as `"jsb_chorales"`.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        folder: As for `list_pretrained`.

    Returns:
        A dictionary of plain values, among them `nll` (nats per time step without
        noise, for `train`, `valid` and `test`; `pooled` is the mean over all steps,
        `per_sequence` that of the means of the sequences), `protocol` and `recipe`
        (how it was trained), `learning_rate`, `seed`, `trials` (among how many it was
        chosen by validation), `data`, `data_fingerprint`, `encoding`, `versions`,
        `parameters` and `licence`. That of a model of symbols has its `vocabulary`,
        of which `datasets.text.Vocabulary.from_config` makes one.

    Raises:
        ValueError: If there is no such model; lists those that there are.

    Examples:
        >>> from keras_gated.models import pretrained_card
        >>> card = pretrained_card("jsb_chorales", "gru")
        >>> card["units"], 8 < card["nll"]["test"]["pooled"] < 9
        (46, True)
    """
    path = (folder or FOLDER) / f"{file_stem(dataset, unit)}.json"
    if not path.is_file():
        known = ", ".join(f"({d!r}, {u!r})" for d, u in list_pretrained(folder))
        raise ValueError(
            f"There is no trained model ({dataset!r}, {unit!r}) in {path.parent}. "
            f"Known ones: {known or 'none'}."
        )
    return _read_card(path)


def load_pretrained(
    dataset: str, unit: str, folder: Path | None = None, **arguments: Any
) -> Any:
    """Builds a trained model of the studies, with its weights.

    Args:
        dataset: Name of the data set it was trained on, such as `"jsb_chorales"`, or
            `"tunes"` for folk tunes as symbols.
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        folder: As for `list_pretrained`.
        **arguments: Further arguments of `sequence_model`, such as `weight_noise` to
            go on training.

    Returns:
        The functional `keras.Model` that `sequence_model` makes, not compiled. It puts
        out the parameters of the density of the next step: for music the logits of a
        `BernoulliHead`, for tunes those of a `SymbolHead`.

    Raises:
        ValueError: If there is no such model, which lists those that there are, or the
            file of its weights is damaged.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.models import load_pretrained
        >>> model = load_pretrained("jsb_chorales", "gru")
        >>> tuple(model(np.zeros((1, 12, 88), "float32")).shape)
        (1, 12, 88)

    Reference:
        Chung et al. 2014 (arXiv:1412.3555).
    """
    card = pretrained_card(dataset, unit, folder)
    path = (folder or FOLDER) / f"{file_stem(dataset, unit)}.npz"
    arrays = _read_arrays(path, card)
    try:
        model = _fitting_model(card, arrays, arguments)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} does not hold the model of its card: {error}."
        ) from error
    return model


def model_of(card: Card, **arguments: Any) -> Any:
    """The model that a card describes, with weights as they are drawn."""
    head = dict(card["head"])
    return sequence_model(
        card["unit"],
        card["units"],
        HEADS[head.pop("type")](**head),
        input_size=card["input_size"],
        num_layers=card.get("num_layers", 1),
        one_hot=card.get("one_hot", False),
        **{**card["layer_arguments"], **arguments},
    )


def named_variables(model: Any) -> dict[str, Any]:
    """The variables of a `sequence_model` by the names they have in a file."""
    *recurrent, head = (layer for layer in model.layers if layer.weights)
    parts: dict[str, keras.layers.Layer] = {
        **{_part(n): without_noise(layer) for n, layer in enumerate(recurrent, 1)},
        "head": head,
    }
    return {
        f"{part}/{variable.name}": variable
        for part, layer in parts.items()
        for variable in layer.weights
    }


def _part(number: int) -> str:
    """The name of a recurrent layer in a file, from 1."""
    return f"recurrent_{number}" if number > 1 else "recurrent"


def file_stem(dataset: str, unit: str) -> str:
    """The name of the files of a model, without suffix."""
    return f"{dataset}-{unit}"


def _read_card(path: Path) -> Card:
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (RecursionError, ValueError) as error:
        raise ValueError(f"{path} is no card of a model: {error}.") from error
    missing = [
        f"{key!r} ({kind.__name__})"
        for key, kind in NEEDED.items()
        if not isinstance(card, dict) or type(card.get(key)) is not kind
    ]
    if missing:
        raise ValueError(f"{path} is no card of a model: it lacks {missing}.")
    return cast(Card, card)


def _fitting_model(card: Card, arrays: Any, arguments: Any) -> Any:
    """The model of a card with its weights, none of a size that they do not have."""
    sizes = {
        "units": (card["units"], arrays["recurrent/recurrent_kernel"].shape[0]),
        "input_size": (card["input_size"], arrays["recurrent/kernel"].shape[0]),
        "num_layers": (card.get("num_layers", 1), _count_layers(arrays)),
        "head": (_outputs(card["head"]), arrays["head/bias"].size),
    }
    if type(card.get("one_hot", False)) is not bool:
        raise ValueError("one_hot is neither true nor false in the card")
    for name, (said, found) in sizes.items():
        if said != found:
            raise ValueError(f"{name} is {said} in the card, {found} in the weights")
    model = model_of(card, **arguments)
    for name, variable in named_variables(model).items():
        if arrays[name].shape != tuple(variable.shape):
            raise ValueError(f"{name} has the shape {arrays[name].shape}")
        variable.assign(arrays[name].astype(variable.dtype))
    return model


def _count_layers(arrays: Mapping[str, Any]) -> int:
    """Recurrent layers of which there are weights."""
    return sum(name.endswith("/recurrent_kernel") for name in arrays)


def _outputs(head: Mapping[str, Any]) -> int:
    """Numbers that a head puts out for a step."""
    if head["type"] == "SymbolHead":
        symbols: int = head["num_symbols"]
        return symbols
    event_size: int = head["event_size"]
    if "components" in head:
        return mixture.packed_size(head["components"], event_size)
    return event_size


def _read_arrays(path: Path, card: Card) -> dict[str, Any]:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != card["weights_sha256"]:
        raise ValueError(
            f"{path} is damaged: its SHA-256 is {found}, that of the card "
            f"{card['weights_sha256']}. Install the package anew."
        )
    try:
        return load_arrays(io.BytesIO(content), MAX_BYTES)
    except ValueError as error:
        raise ValueError(f"{path} is {error}.") from error
