"""How the trials of a study are trained and measured."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import keras

from keras_gated.datasets import SequenceBatches
from keras_gated.metrics import MeanNLL
from keras_gated.training import scan_steps
from reproduce.record import Scores
from reproduce.task import SPLITS, Pairs, Task
from reproduce.training.arrays import Arrays
from reproduce.training.scores import score
from reproduce.trial import Trial

AnyTrial = TypeVar("AnyTrial", bound=Trial)

# Each padded length is compiled for: more of them save computing, not time.
PADDED_LENGTHS = {"short": 2, "long": 8}
LONG = 300
EVALUATION_BATCH = 32


class Training(ABC, Generic[AnyTrial]):
    """What a study decides about the training of a trial.

    A model is compiled with the loss of its task and a metric named `nll`, by whose
    value on the validation split the best epoch is chosen.
    """

    @abstractmethod
    def build(self, trial: AnyTrial, task: Task) -> Any:
        """The model of a trial with its initial weights, not compiled."""

    @abstractmethod
    def optimizer(self, trial: AnyTrial, updates: int) -> keras.Optimizer:
        """The optimizer of a trial that makes `updates` updates at most."""

    @abstractmethod
    def batches(self, trial: AnyTrial, task: Task) -> SequenceBatches:
        """The training split as a trial sees it."""

    def reduction(self, trial: AnyTrial) -> str:
        """How the loss of an update is made of those of its steps."""
        return "mean_with_sample_weight"

    def compile(
        self,
        model: Any,
        trial: AnyTrial,
        task: Task,
        updates: int,
        steps_per_execution: int = 1,
    ) -> None:
        """Compiles a model for a trial that makes `updates` updates at most."""
        loss = task.loss(reduction=self.reduction(trial))
        model.compile(
            optimizer=self.optimizer(trial, updates),
            loss=loss,
            weighted_metrics=[MeanNLL(loss)],
            jit_compile=trial.backend != "torch",
            steps_per_execution=steps_per_execution,
        )
        scan_steps(model)

    def parameters(self, model: Any) -> dict[str, int]:
        """Number of weights of the layer before the head, and of the whole model."""
        recurrent = model.layers[-2]
        return {"recurrent": recurrent.count_params(), "total": model.count_params()}

    def callbacks(self, trial: AnyTrial) -> list[keras.callbacks.Callback]:
        """What is to happen while a trial is trained, besides what always does."""
        return []

    def evaluation_batches(self, task: Task) -> dict[str, SequenceBatches]:
        """The splits, padded to the same lengths: what is compiled serves all."""
        everything: Pairs = (
            [x for split in SPLITS for x in task.splits[split][0]],
            [y for split in SPLITS for y in task.splits[split][1]],
        )
        together = SequenceBatches(
            *everything, EVALUATION_BATCH, padded_lengths=padded_lengths(everything)
        )
        return {
            split: SequenceBatches(
                *task.splits[split],
                EVALUATION_BATCH,
                shuffle=False,
                padded_lengths=together.padded_lengths,
            )
            for split in SPLITS
        }

    def measure(
        self,
        model: Any,
        trial: AnyTrial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        """The scores of a trained model by measure, `nll` and those of the task."""
        loss = task.loss(reduction="none")
        scores: dict[str, Scores] = {
            "nll": {name: score(model, loss, b) for name, b in splits.items()}
        }
        for measure, function in task.measures.items():
            scores[measure] = {
                name: {"pooled": function(model, b)} for name, b in splits.items()
            }
        return scores

    def leave(self, model: Any, trial: AnyTrial, task: Task) -> dict[str, Arrays]:
        """What the report needs of a trained model that is too large for a ledger.

        Returns:
            Arrays in groups, for `reproduce.training.left`; none by default.
        """
        return {}


def padded_lengths(pairs: Pairs) -> int:
    """How many lengths to pad sequences to."""
    longest = max(len(sequence) for sequence in pairs[0])
    return PADDED_LENGTHS["long" if longest > LONG else "short"]
