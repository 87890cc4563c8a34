"""The best models of tokens of a sweep as files of the package."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from reproduce.publishing import LICENCE, Card, publish_model
from reproduce.record import Record
from reproduce.studies.tunes.data import TuneTask
from reproduce.studies.tunes.names import COLLECTIONS, TOKENS
from reproduce.studies.tunes.training import layer_arguments
from reproduce.studies.tunes.trial import Trial
from reproduce.training.scores import Averages

DATASET = "tunes"
"""What the models are called, whatever their collections."""

STUDY = "Folk tunes, reproduce/run.py tunes"

DTYPE = "float16"
"""Of the weights in the files: half as large, and heard by nobody."""

TOLERANCE = 2e-3
"""Nats per symbol by which a score may differ for that."""

MOST_BYTES = 1 << 20

SCORES = ("nll", "per_note", "per_tune")


def competitions(
    records: Iterable[Record], dataset: str
) -> Iterator[tuple[Record, list[Record]]]:
    """The best trial of each unit by validation, and all that competed.

    Args:
        records: The records of finished trials.
        dataset: Those on this data set take part, with tokens.
    """
    groups = defaultdict(list)
    for record in records:
        trial = _trial(record)
        valid = record.score("nll", "valid")
        if (trial.dataset, trial.encoding) == (dataset, TOKENS) and np.isfinite(valid):
            groups[trial.unit].append(record)
    for unit in sorted(groups):
        best = min(groups[unit], key=lambda record: record.score("nll", "valid"))
        yield best, groups[unit]


def publish(
    record: Record, competitors: list[Record], task: TuneTask, out: Path, into: Path
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
    return publish_model(
        _card(record, competitors, task),
        record,
        task,
        out,
        into,
        dtype=DTYPE,
        tolerance=TOLERANCE,
        most_bytes=MOST_BYTES,
    )


def _card(record: Record, competitors: list[Record], task: TuneTask) -> Card:
    trial, stored = _trial(record), record.stored()
    return {
        "dataset": DATASET,
        "unit": trial.unit,
        "units": trial.units,
        "input_size": task.input_size,
        "num_layers": trial.layers,
        "one_hot": True,
        "layer_arguments": layer_arguments(trial.unit),
        "head": {"type": "SymbolHead", "num_symbols": task.output_size},
        "vocabulary": task.vocabulary.get_config(),
        "longest": task.longest,
        "parameters": stored["parameters"],
        **{name: stored["scores"][name] for name in SCORES},
        "collections": list(COLLECTIONS[trial.dataset]),
        "data": trial.data,
        "data_source": stored["data_source"],
        "data_fingerprint": trial.data_fingerprint,
        "encoding": trial.encoding,
        "study": STUDY,
        "dropout": trial.dropout,
        "learning_rate": trial.learning_rate,
        "seed": trial.seed,
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
    assert isinstance(record.trial, Trial)
    return record.trial
