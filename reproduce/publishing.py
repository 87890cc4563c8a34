"""Trained models of a sweep as files of the package."""

import hashlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gated._files import replacing
from keras_gated.datasets import SequenceBatches
from keras_gated.models import load_pretrained
from keras_gated.models.pretrained import file_stem, model_of, named_variables
from reproduce.record import Record
from reproduce.task import Task
from reproduce.training.arrays import load_arrays
from reproduce.training.scores import Averages, score
from reproduce.training.training import EVALUATION_BATCH

LICENCE = "Apache-2.0"

TOLERANCE = 1e-4
"""Nats per step by which a score may differ from the record, by rounding."""

Card = dict[str, Any]


def publish_model(
    card: Card,
    record: Record,
    task: Task,
    out: Path,
    into: Path,
    dtype: str | None = None,
    tolerance: float = TOLERANCE,
    most_bytes: int | None = None,
) -> tuple[Path, Averages]:
    """Writes the card and the weights of a trial, once they give its recorded score.

    Args:
        card: The card, but for the hash of the weights.
        record: The trial.
        task: The data set it was trained on.
        out: Folder of the sweep.
        into: Folder for the files.
        dtype: Dtype of the weights in the file; that of the model by default.
        tolerance: Nats per step by which the score may differ from the record.
        most_bytes: What the file of the weights may have.

    Returns:
        The path of the card, and the test NLL of the model loaded from the files.

    Raises:
        ValueError: If the weights are missing, too large or of another trial, the data
            are others, or the loaded model does not have the recorded test NLL.
    """
    trial = record.trial
    if task.fingerprint != trial.data_fingerprint:
        raise ValueError(
            f"{record.name} was trained on other data than are found here: SHA-256 "
            f"{trial.data_fingerprint} there, {task.fingerprint} in {task.source}."
        )
    archive = _archive(card, _weights(record, out), dtype)
    if most_bytes is not None and len(archive) > most_bytes:
        raise ValueError(
            f"The weights of {record.name} are {len(archive)} bytes, and models of "
            f"{most_bytes} bytes at most come with the package."
        )
    card = {**card, "weights_sha256": hashlib.sha256(archive).hexdigest()}
    with tempfile.TemporaryDirectory() as trial_folder:
        _write(card, archive, Path(trial_folder))
        model = load_pretrained(card["dataset"], card["unit"], Path(trial_folder))
        found = _check_score(model, record, task, tolerance)
    return _write(card, archive, into), found


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


def _archive(card: Card, weights: list[Any], dtype: str | None) -> bytes:
    model = model_of(card)
    # `WeightNoise`, with which it was trained, adds no weight and changes no order.
    model.set_weights(weights)
    arrays = {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in named_variables(model).items()
    }
    if dtype:
        arrays = {name: array.astype(dtype) for name, array in arrays.items()}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    return content.getvalue()


def _check_score(model: Any, record: Record, task: Task, tolerance: float) -> Averages:
    batches = SequenceBatches(
        *task.splits["test"], batch_size=EVALUATION_BATCH, shuffle=False
    )
    found = score(model, task.loss(reduction="none"), batches)
    for average, value in found.items():
        recorded = record.score("nll", "test", average)
        if not abs(value - recorded) <= tolerance:
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
