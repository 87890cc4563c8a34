"""Trained models of a sweep as files of the package."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from keras_gated.layers import MDNHead
from reproduce.publishing import LICENCE, Card, publish_model
from reproduce.record import Record
from reproduce.studies.chung2014.report.names import HEADLINE_ARM
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task
from reproduce.training.scores import Averages

STUDY = "Chung et al. 2014 (arXiv:1412.3555)"


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
        ValueError: As `publish_model` says.
    """
    return publish_model(_card(record, competitors, task), record, task, out, into)


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


def _trial(record: Record) -> Trial:
    """The trial of a record, which is one of this study."""
    return cast(Trial, record.trial)


def _valid_nll(record: Record) -> float:
    return record.score("nll", "valid")
