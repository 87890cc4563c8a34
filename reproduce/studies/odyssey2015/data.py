"""The data of the study as tasks."""

from functools import lru_cache
from pathlib import Path

from reproduce.music import load_music
from reproduce.studies.odyssey2015.names import DATASETS
from reproduce.studies.odyssey2015.tasks import ERROR, phones_task, words_task
from reproduce.task import Task

BIDIRECTIONAL = ("flite_phones", "omniglot_words")
"""Sets on which the layer runs both ways."""

REPORTED = {"jsb_chorales": "nll", "flite_phones": ERROR, "omniglot_words": ERROR}
"""The measure by which trials of a set are chosen and reported. Within a trial the loss
on validation chooses the epoch."""


@lru_cache(maxsize=len(DATASETS))
def load_task(dataset: str, encoding: str, data_dir: Path | None) -> Task:
    """Loads a data set of the study.

    Raises:
        ValueError: If it cannot be had.
    """
    match dataset:
        case "flite_phones":
            return phones_task(data_dir)
        case "omniglot_words":
            return words_task(data_dir)
    return load_music(dataset, encoding or "piano", data_dir)
