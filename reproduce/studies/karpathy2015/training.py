"""How a model of characters is trained and measured."""

import random
from collections.abc import Mapping
from typing import Any

import keras

from keras_gated.datasets import SequenceBatches
from keras_gated.models import sequence_model
from reproduce.record import Scores
from reproduce.studies.karpathy2015.characters import log_probabilities, reset_states
from reproduce.studies.karpathy2015.data import TextTask
from reproduce.studies.karpathy2015.findings import (
    CHARACTERS,
    COURSE,
    about_errors,
    about_gates,
)
from reproduce.studies.karpathy2015.trial import Trial
from reproduce.studies.karpathy2015.watching import EPOCHS, copy_weights, watch
from reproduce.task import SPLITS, Task
from reproduce.training.arrays import Arrays
from reproduce.training.scores import score
from reproduce.training.training import Training

INITIAL = 0.08
"""Weights lie between this and its negative at the beginning."""

LEARNING_RATE = 2e-3
DECAY, CONSTANT_EPOCHS = 0.95, 10
"""Of the learning rate with each epoch after so many."""

PEAK_RATES = {"lstm": 1e-2, "gru": 1e-2, "tanh": 2e-3}
"""Of our own protocol, at its beginning. With more, tanh units of three layers stay at
how frequent each character is."""

RHO = 0.95
WINDOW = 100
CLIP = 5.0
"""What no entry of the gradient exceeds, of the sum over the steps of a window. The
paper does not say; it is what its authors' code does."""


class CharacterTraining(Training[Trial]):
    """Recurrent layers whose states are carried from window to window.

    The paper's protocol needs its 50 epochs: its small weights and steps take one or
    two to learn more than how frequent each character is. Ours begins with the weights
    that Keras gives and larger steps, for runs of few epochs.
    """

    def build(self, trial: Trial, task: Task, is_stateful: bool = True) -> Any:
        # The initializers of a new model draw from Python's global random state.
        random.seed(trial.seed)
        symbols = task.output_size
        lstm: dict[str, Any] = {"use_peepholes": False} if trial.unit == "lstm" else {}
        head = task.head()
        initial = _uniform_weights() if trial.protocol == "paper" else {}
        head.kernel_initializer = initial.get("kernel_initializer", "glorot_uniform")
        return sequence_model(
            trial.unit,
            trial.units,
            head,
            symbols,
            num_layers=trial.layers,
            one_hot=True,
            stateful=is_stateful,
            batch_size=len(task.splits["train"][0]) if is_stateful else None,
            **initial,
            **lstm,
        )

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        return keras.optimizers.RMSprop(
            _rates(trial, updates),
            rho=RHO,
            # The loss is a mean over the steps.
            clipvalue=CLIP / WINDOW,
        )

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        return _windows(task, "train")

    def evaluation_batches(self, task: Task) -> dict[str, SequenceBatches]:
        return {split: _windows(task, split) for split in SPLITS}

    def parameters(self, model: Any) -> dict[str, int]:
        total = sum(int(keras.ops.size(v)) for v in model.trainable_variables)
        head = sum(int(keras.ops.size(v)) for v in model.layers[-1].trainable_variables)
        return {"recurrent": total - head, "total": total}

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        loss = task.loss(reduction="none")
        found = {}
        for split in ("valid", "test"):
            reset_states(model)
            found[split] = score(model, loss, splits[split])
        return {"nll": found}

    def leave(self, model: Any, trial: Trial, task: Task) -> dict[str, Arrays]:
        assert isinstance(task, TextTask)
        found = log_probabilities(model, task.windows("test"))
        left: dict[str, Arrays] = {CHARACTERS: [found]}
        if trial.is_looked_into:
            left |= about_errors(task, found)
            twin = self.build(trial, task, is_stateful=False)
            copy_weights(model, twin)
            left |= about_gates(twin, task)
        if trial.is_watched:
            left[COURSE] = [self._course(trial, task)]
        return left

    def _course(self, trial: Trial, task: TextTask) -> Any:
        """The first epochs of the trial once more: the same seed gives the same."""
        model = self.build(trial, task)
        updates = trial.max_epochs * len(task.windows("train"))
        self.compile(model, trial, task, updates)
        twin = self.build(trial, task, is_stateful=False)
        return watch(model, twin, task, epochs=min(EPOCHS, trial.max_epochs))


def _windows(task: Task, split: str) -> Any:
    assert isinstance(task, TextTask)
    return task.windows(split)


def _uniform_weights() -> dict[str, Any]:
    return {
        f"{name}_initializer": keras.initializers.RandomUniform(-INITIAL, INITIAL)
        for name in ("kernel", "recurrent")
    }


def _rates(trial: Trial, updates: int) -> Any:
    """The learning rate of a trial that makes so many updates.

    In the paper it is constant for some epochs, and then less with each one. Ours falls
    to nothing along half a cosine.
    """
    if trial.protocol == "ours":
        return keras.optimizers.schedules.CosineDecay(PEAK_RATES[trial.unit], updates)
    epochs = trial.max_epochs
    if epochs <= CONSTANT_EPOCHS:
        return LEARNING_RATE
    later = range(CONSTANT_EPOCHS, epochs)
    values = [LEARNING_RATE * DECAY**n for n in range(len(later) + 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(
        [updates // epochs * epoch - 1 for epoch in later], values
    )
