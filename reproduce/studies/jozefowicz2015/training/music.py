"""How a model of music is trained."""

from typing import Any

from keras_gated.datasets import SequenceBatches
from reproduce.studies.jozefowicz2015.data import BATCH
from reproduce.studies.jozefowicz2015.models import music_model_of
from reproduce.studies.jozefowicz2015.training.by_adam import AdamTraining
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.task import Task
from reproduce.training.pieces import cut
from reproduce.training.training import padded_lengths


class MusicTraining(AdamTraining):
    """Recurrent layers that begin each piece anew.

    They are trained on parts of pieces, in an order of each epoch's own, and measured
    on whole ones.
    """

    def build(self, trial: Trial, task: Task) -> Any:
        return music_model_of(trial, task)

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        inputs, targets = (cut(side, trial.window) for side in task.splits["train"])
        return SequenceBatches(
            inputs,
            targets,
            BATCH,
            seed=trial.seed,
            padded_lengths=padded_lengths((inputs, targets)),
        )
