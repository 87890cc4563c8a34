"""How the networks of the study are trained and measured."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_gated.callbacks import GradientClipping
from keras_gated.datasets import SequenceBatches
from reproduce.record import Scores
from reproduce.studies.chung2014.training.build import (
    build_model,
    make_optimizer,
    not_penalized,
)
from reproduce.studies.chung2014.training.noise import score_with_noise
from reproduce.studies.chung2014.training.sizes import sizes_of
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, SIZE, Trial
from reproduce.task import Task
from reproduce.training.pieces import cut
from reproduce.training.training import Training, padded_lengths


class RecipeTraining(Training[Trial]):
    """Trains by the recipe of each trial, and measures with its noise off and on."""

    def build(self, trial: Trial, task: Task) -> Any:
        return build_model(trial, task)

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        return make_optimizer(trial, updates)

    def compile(
        self, model: Any, trial: Trial, *arguments: Any, **settings: Any
    ) -> None:
        super().compile(model, trial, *arguments, **settings)
        if trial.recipe.weight_decay:
            model.optimizer.exclude_from_weight_decay(var_list=not_penalized(model))

    def reduction(self, trial: Trial) -> str:
        if trial.recipe.reduction == "sum":
            return "sum"
        return super().reduction(trial)

    def callbacks(self, trial: Trial) -> list[keras.callbacks.Callback]:
        callbacks: list[keras.callbacks.Callback] = []
        if trial.recipe.clip == "gradient":
            callbacks.append(GradientClipping(trial.recipe.max_norm))
        if trial.recipe.averaging:
            callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
        return callbacks

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        inputs, targets = task.splits["train"]
        if trial.recipe.window:
            inputs = cut(inputs, trial.recipe.window)
            targets = cut(targets, trial.recipe.window)
        return SequenceBatches(
            inputs,
            targets,
            trial.recipe.batch_size,
            seed=trial.seed,
            padded_lengths=padded_lengths((inputs, targets)),
        )

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        scores = super().measure(model, trial, task, splits)
        stddev = trial.recipe.weight_noise
        if stddev and not trial.recipe.learned_noise:
            loss = task.loss(reduction="none")
            scores["nll_with_noise"] = score_with_noise(
                model, loss, splits, stddev, trial.seed
            )
        if trial.protocol == PENALTIES_COMPARED:
            scores[SIZE] = {"train": sizes_of(model, task)}
        return scores
