"""How a model of the study is trained and measured."""

from collections.abc import Mapping
from typing import Any

from keras_gated.datasets import SequenceBatches
from reproduce.record import Scores
from reproduce.studies.jozefowicz2015.data import StreamTask
from reproduce.studies.jozefowicz2015.training.by_adam import AdamTraining
from reproduce.studies.jozefowicz2015.training.music import MusicTraining
from reproduce.studies.jozefowicz2015.training.streams import StreamTraining
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.task import Task

STREAMS, MUSIC = StreamTraining(), MusicTraining()


class TaskTraining(AdamTraining):
    """Trains streams as `StreamTraining` does, and music as `MusicTraining`.

    Both have the same optimizer.
    """

    def build(self, trial: Trial, task: Task) -> Any:
        return _of(task).build(trial, task)

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        return _of(task).batches(trial, task)

    def evaluation_batches(self, task: Task) -> dict[str, SequenceBatches]:
        return _of(task).evaluation_batches(task)

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        return _of(task).measure(model, trial, task, splits)


def _of(task: Task) -> AdamTraining:
    return STREAMS if isinstance(task, StreamTask) else MUSIC
