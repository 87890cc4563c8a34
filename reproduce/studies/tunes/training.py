"""How a model of tunes is trained and measured."""

import random
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.models import sequence_model
from reproduce.record import Scores
from reproduce.studies.tunes.beside import asked_headers
from reproduce.studies.tunes.data import TuneTask
from reproduce.studies.tunes.judging import distances, judge
from reproduce.studies.tunes.trial import Trial
from reproduce.studies.tunes.writing import write_tunes
from reproduce.task import Task
from reproduce.training.arrays import Arrays
from reproduce.training.symbols import spread_symbols
from reproduce.training.training import Training, padded_lengths

TUNES_TOGETHER = 16
"""In an update."""

LONGEST_GRADIENT = 1.0

MEMORY = 0.99
"""Of Adam for squares of gradients: there are few updates."""

TUNES, DISTANCES = "tunes", "distances"
"""What a trial leaves beside the columns of `judging.judge`."""


class TuneTraining(Training[Trial]):
    """Recurrent layers that begin each tune anew, with dropout behind each of them.

    All units are trained in the same way: by Adam, with gradients of norm 1 at most and
    a learning rate that falls along half a cosine. Forget gates begin without a bias,
    and the weights of symbols as `spread_symbols` has them.
    """

    def build(self, trial: Trial, task: Task) -> Any:
        # The initializers of a new model draw from Python's global random state.
        random.seed(trial.seed)
        model = sequence_model(
            trial.unit,
            trial.units,
            task.head(),
            task.input_size,
            seed=trial.seed,
            num_layers=trial.layers,
            layer_dropout=trial.dropout,
            one_hot=True,
            **layer_arguments(trial.unit),
        )
        spread_symbols(model)
        return model

    def optimizer(self, trial: Trial, updates: int) -> keras.Optimizer:
        return keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(trial.learning_rate, updates),
            beta_2=MEMORY,
            global_clipnorm=LONGEST_GRADIENT,
        )

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        inputs, targets = task.splits["train"]
        return SequenceBatches(
            inputs,
            targets,
            TUNES_TOGETHER,
            seed=trial.seed,
            padded_lengths=padded_lengths((inputs, targets)),
        )

    def parameters(self, model: Any) -> dict[str, int]:
        total, head = model.count_params(), model.layers[-1].count_params()
        return {"recurrent": total - head, "total": total}

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        """The nats of a symbol, and those of a note and of a tune.

        The latter two say the same of tokens and of characters.
        """
        assert isinstance(task, TuneTask)
        found = super().measure(model, trial, task, splits)
        nats = {
            split: found["nll"][split]["pooled"] * batches.steps
            for split, batches in splits.items()
        }
        for name, counts in (
            ("per_note", task.notes),
            ("per_tune", {split: len(task.of(split)) for split in splits}),
        ):
            found[name] = {
                split: {"pooled": nats[split] / counts[split]} for split in splits
            }
        return found

    def leave(self, model: Any, trial: Trial, task: Task) -> dict[str, Arrays]:
        """The tunes that the model writes, and what they are like."""
        assert isinstance(task, TuneTask)
        headers = asked_headers(task, trial.samples)
        written = write_tunes(
            model,
            task.vocabulary,
            headers,
            task.longest,
            trial.temperature,
            trial.top_p,
            seed=trial.seed,
        )
        judged = judge(written, headers, task.of("train"))
        text = "\n".join(" ".join(one.tune.tokens) for one in written)
        # As many as the validation tunes, which are compared with the same ones.
        some = [one.tune for one in written[: len(task.of("valid"))]]
        return {
            TUNES: [np.frombuffer(text.encode(), np.uint8)],
            DISTANCES: [distances(some, task.of("test"))],
            **{name: [column.to_numpy(float)] for name, column in judged.items()},
        }


def layer_arguments(unit: str) -> dict[str, Any]:
    """What differs from the defaults of our layers."""
    return {"use_peepholes": False, "unit_forget_bias": False} if unit == "lstm" else {}
