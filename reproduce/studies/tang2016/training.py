"""How a recogniser is built, trained and measured."""

import random
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.models import UNITS
from reproduce.record import Scores
from reproduce.studies.tang2016.data import SpeechTask
from reproduce.studies.tang2016.findings import look_into
from reproduce.studies.tang2016.names import CTC, FRAMES, objective_of
from reproduce.studies.tang2016.trial import Trial
from reproduce.task import Task
from reproduce.training.arrays import Arrays
from reproduce.training.training import Training, padded_lengths

BATCH = {FRAMES: 16, CTC: 8}
"""Sentences of an update."""

CLIP = 1.0
"""Norm that no gradient exceeds."""


class RecogniserTraining(Training[Trial]):
    """Layers one upon the other, by Adam with steps that end at nothing."""

    def build(self, trial: Trial, task: Task) -> Any:
        # The initializers of a new model draw from Python's global random state.
        random.seed(trial.seed)
        inputs = keras.Input((None, task.input_size))
        x = inputs
        if trial.direction == "both":
            # The way back is to begin at the end of the sentence, not of the padding.
            x = keras.layers.Masking()(x)
        for number in range(trial.layers):
            layer = UNITS[trial.unit](trial.units, return_sequences=True)
            if trial.direction == "both":
                layer = keras.layers.Bidirectional(layer)
            given = x
            if number and trial.dropout:
                seed = 1000 * trial.seed + number
                given = keras.layers.Dropout(trial.dropout, seed=seed)(x)
            after = layer(given)
            x = keras.layers.add([x, after]) if trial.shortcuts and number else after
        return keras.Model(inputs, task.head()(x))

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        schedule = keras.optimizers.schedules.CosineDecay(trial.learning_rate, updates)
        return keras.optimizers.Adam(schedule, global_clipnorm=CLIP)

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        inputs, targets = task.splits["train"]
        return SequenceBatches(
            inputs,
            targets,
            batch_size=BATCH[objective_of(trial.dataset)],
            seed=trial.seed,
            padded_lengths=padded_lengths((inputs, targets)),
        )

    def parameters(self, model: Any) -> dict[str, int]:
        head = model.layers[-1].count_params()
        total = model.count_params()
        return {"recurrent": total - head, "total": total}

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        loss = task.loss(reduction="none")
        scores: dict[str, Scores] = {
            "nll": {name: nats(model, loss, b) for name, b in splits.items()}
        }
        for measure, function in task.measures.items():
            scores[measure] = {
                name: {"pooled": function(model, b)} for name, b in splits.items()
            }
        return scores

    def leave(self, model: Any, trial: Trial, task: Task) -> dict[str, Arrays]:
        if not trial.is_looked_into or not isinstance(task, SpeechTask):
            return {}
        return look_into(model, trial, task.speech)


def nats(model: Any, loss: Any, batches: SequenceBatches) -> dict[str, float]:
    """Nats per frame, by both averages, of a likelihood of frames or of sentences."""
    sums, steps = [], []
    for inputs, targets, weight in batches:
        values = loss(targets, model.predict_on_batch(inputs), weight)
        values = keras.ops.convert_to_numpy(values)
        rows = weight.any(axis=1)
        sums.append(values.reshape(len(values), -1).sum(axis=1)[rows])
        steps.append(weight.sum(axis=1)[rows])
    total, length = np.concatenate(sums), np.concatenate(steps)
    return {
        "pooled": float(total.sum() / length.sum()),
        "per_sequence": float(np.mean(total / length)),
    }
