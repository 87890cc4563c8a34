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
from reproduce.training.symbols import spread_symbols
from reproduce.training.training import Training

INITIAL = 0.08
"""Weights lie between this and its negative at the beginning."""

LEARNING_RATE = 2e-3
DECAY, CONSTANT_EPOCHS = 0.95, 10
"""Of the learning rate with each epoch after so many."""

PLAIN_LSTM: dict[str, Any] = {"use_peepholes": False, "unit_forget_bias": False}
"""Without a bias of 1 that holds forget gates open at the beginning."""

PEAK_RATES = {"lstm": 2e-2, "gru": 1e-2, "tanh": 2e-3}
"""Of our own protocol, at its beginning."""

SHORT_WINDOW = 25
"""Steps of a window of our own protocol."""

MEMORY = 0.99
"""Of Adam for squares of gradients."""

RHO = 0.95
WINDOW = 100
CLIP = 5.0
"""What no entry of the gradient exceeds, of the sum over the steps of the paper's
window. The paper does not say; it is what its authors' code does."""


class CharacterTraining(Training[Trial]):
    """Recurrent layers whose states are carried from window to window.

    The paper's protocol needs its 50 epochs: its small weights and steps take one or
    two to learn more than how frequent each character is. Ours is for runs of few
    epochs: windows of a quarter, and so four times the updates, by Adam with larger
    steps. Its weights begin as Keras has them, but for those of symbols; see
    `spread_symbols`.
    """

    def build(self, trial: Trial, task: Task, is_stateful: bool = True) -> Any:
        # The initializers of a new model draw from Python's global random state.
        random.seed(trial.seed)
        symbols = task.output_size
        is_papers = trial.protocol == "paper"
        model = sequence_model(
            trial.unit,
            trial.units,
            task.head(**_uniform("kernel", "bias") if is_papers else {}),
            symbols,
            num_layers=trial.layers,
            one_hot=True,
            stateful=is_stateful,
            batch_size=len(task.splits["train"][0]) if is_stateful else None,
            **_uniform("kernel", "recurrent", "bias") if is_papers else {},
            **PLAIN_LSTM if trial.unit == "lstm" else {},
        )
        if trial.protocol == "ours":
            spread_symbols(model)
        return model

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        rates = _rates(trial, updates)
        # The loss is a mean over the steps.
        clip = CLIP / WINDOW
        if trial.protocol == "ours":
            return keras.optimizers.Adam(rates, beta_2=MEMORY, clipvalue=clip)
        return keras.optimizers.RMSprop(rates, rho=RHO, clipvalue=clip)

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        assert isinstance(task, TextTask)
        window = task.text.window
        if trial.protocol == "ours":
            window = min(window, SHORT_WINDOW)
        return task.windows("train", window)

    def evaluation_batches(self, task: Task) -> dict[str, SequenceBatches]:
        assert isinstance(task, TextTask)
        return {split: task.windows(split) for split in SPLITS}

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
        """The first epochs of the trial once more: the same seed gives the same.

        They are looked at many times an epoch, of which `fit` makes one program on JAX.
        """
        model = self.build(trial, task)
        batches = self.batches(trial, task)
        self.compile(model, trial, task, trial.max_epochs * len(batches))
        twin = self.build(trial, task, is_stateful=False)
        epochs = min(EPOCHS, trial.max_epochs)
        return watch(model, twin, task, batches, epochs)


def _uniform(*weights: str) -> dict[str, Any]:
    """Arguments of a layer whose weights begin as in the paper."""
    return {
        f"{name}_initializer": keras.initializers.RandomUniform(-INITIAL, INITIAL)
        for name in weights
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
