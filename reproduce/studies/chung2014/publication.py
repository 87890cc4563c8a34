"""Trained models of a sweep as files of the package."""

import hashlib
import io
import json
import math
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np

from keras_gated._files import replacing
from keras_gated.datasets import SequenceBatches
from keras_gated.layers import MDNHead
from keras_gated.models import load_pretrained
from keras_gated.models.pretrained import file_stem, model_of, named_variables
from reproduce.record import Record
from reproduce.studies.chung2014.report.names import HEADLINE_ARM
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task
from reproduce.training.arrays import load_arrays
from reproduce.training.scores import Averages, score
from reproduce.training.training import EVALUATION_BATCH

STUDY = "Chung et al. 2014 (arXiv:1412.3555)"
LICENCE = "Apache-2.0"

TOLERANCE = 1e-4
"""Nats per step by which a score may differ from the record, by rounding."""

Card = dict[str, Any]


def competitions(
    records: Iterable[Record], protocol: str
) -> Iterator[tuple[Record, list[Record]]]:
    """The best trial of each data set and unit by validation, and all that competed.

    Args:
        records: The records of finished trials.
        protocol: Those of this protocol take part, with the models of table 1.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        trial = _trial(record)
        if trial.protocol == protocol and trial.arm == HEADLINE_ARM:
            groups.setdefault((trial.dataset, trial.unit), []).append(record)
    for name in sorted(groups):
        finite = [r for r in groups[name] if math.isfinite(_valid_nll(r))]
        if finite:
            yield min(finite, key=_valid_nll), groups[name]


def publish(
    record: Record, competitors: list[Record], task: Task, out: Path, into: Path
) -> tuple[Path, Averages]:
    """Writes the card and the weights of a trial, once they give its recorded score.

    Args:
        record: The trial.
        competitors: The trials among which it was chosen.
        task: The data set it was trained on.
        out: Folder of the sweep.
        into: Folder for the files.

    Returns:
        The path of the card, and the test NLL of the model loaded from the files.

    Raises:
        ValueError: If the weights are missing or of another trial, the data are others,
            or the loaded model does not have the recorded test NLL.
    """
    trial = _trial(record)
    if task.fingerprint != trial.data_fingerprint:
        raise ValueError(
            f"{record.name} was trained on other data than are found here: SHA-256 "
            f"{trial.data_fingerprint} there, {task.fingerprint} in {task.source}."
        )
    card = _card(record, competitors, task)
    archive = _archive(card, _weights(record, out))
    card["weights_sha256"] = hashlib.sha256(archive).hexdigest()
    with tempfile.TemporaryDirectory() as trial_folder:
        _write(card, archive, Path(trial_folder))
        model = load_pretrained(trial.dataset, trial.unit, Path(trial_folder))
        found = _check_score(model, record, task)
    return _write(card, archive, into), found


def _card(record: Record, competitors: list[Record], task: Task) -> Card:
    stored, head = record.stored(), task.head()
    config = stored["config"]
    sizes = {"event_size": head.event_size}
    if isinstance(head, MDNHead):
        sizes["components"] = head.components
    return {
        "dataset": config["dataset"],
        "unit": config["unit"],
        "units": config["units"],
        "input_size": task.input_size,
        "layer_arguments": config["layer_arguments"],
        "head": {"type": type(head).__name__, **sizes},
        "parameters": stored["parameters"],
        "nll": stored["scores"]["nll"],
        "data": config["data"],
        "data_source": stored["data_source"],
        "data_fingerprint": config["data_fingerprint"],
        "encoding": config["encoding"],
        "study": STUDY,
        "protocol": config["protocol"],
        "recipe": config["recipe"],
        "learning_rate": config["learning_rate"],
        "seed": config["seed"],
        "best_epoch": stored["best_epoch"],
        "trial": stored["name"],
        "trials": {
            "count": len(competitors),
            "seeds": sorted({other.trial.seed for other in competitors}),
        },
        "versions": stored["versions"],
        "licence": LICENCE,
    }


def _weights(record: Record, out: Path) -> list[Any]:
    path = out / "weights" / f"{record.name}.npz"
    if not path.is_file():
        raise ValueError(f"The sweep has no weights of {record.name}: no {path}.")
    groups, notes = load_arrays(path)
    if notes.get("config") != record.trial.config:
        raise ValueError(
            f"{path} holds the weights of a trial with other settings than the ledger "
            "has under its name."
        )
    return groups["weights"]


def _archive(card: Card, weights: list[Any]) -> bytes:
    model = model_of(card)
    # `WeightNoise`, with which it was trained, adds no weight and changes no order.
    model.set_weights(weights)
    arrays = {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in named_variables(model).items()
    }
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    return content.getvalue()


def _check_score(model: Any, record: Record, task: Task) -> Averages:
    batches = SequenceBatches(
        *task.splits["test"], batch_size=EVALUATION_BATCH, shuffle=False
    )
    found = score(model, task.loss(reduction="none"), batches)
    for average, value in found.items():
        recorded = record.score("nll", "test", average)
        if not abs(value - recorded) <= TOLERANCE:
            raise ValueError(
                f"The weights of {record.name} give a test NLL ({average}) of "
                f"{value:.5f}; the ledger has {recorded}."
            )
    return found


def _write(card: Card, archive: bytes, folder: Path) -> Path:
    stem = file_stem(card["dataset"], card["unit"])
    with replacing(folder / f"{stem}.npz") as file:
        file.write(archive)
    path = folder / f"{stem}.json"
    with replacing(path) as file:
        file.write((json.dumps(card, indent=2) + "\n").encode())
    return path


def _trial(record: Record) -> Trial:
    """The trial of a record, which is one of this study."""
    return cast(Trial, record.trial)


def _valid_nll(record: Record) -> float:
    return record.score("nll", "valid")
