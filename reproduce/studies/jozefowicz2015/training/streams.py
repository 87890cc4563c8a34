"""How a model of streams is trained and measured."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_gated.datasets import SequenceBatches
from reproduce.record import Scores
from reproduce.studies.jozefowicz2015.data import (
    HELD,
    StreamTask,
    Stretches,
)
from reproduce.studies.jozefowicz2015.models import model_of
from reproduce.studies.jozefowicz2015.names import ALL_SYMBOLS, KNOWN
from reproduce.studies.jozefowicz2015.training.by_adam import AdamTraining
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.task import Array, Task
from reproduce.training.scores import score
from reproduce.training.symbols import Windows, spread_symbols


class StreamTraining(AdamTraining):
    """Recurrent layers whose states are carried from window to window.

    The training streams are read once. Rows of the table see symbols as
    `spread_symbols` has them.
    """

    def build(self, trial: Trial, task: Task) -> Any:
        streams = _streams(task)
        model = model_of(trial, streams)
        if not trial.graph and not streams.is_words:
            spread_symbols(model)
        return model

    def batches(self, trial: Trial, task: Task) -> SequenceBatches:
        streams = _streams(task).draw_train(
            trial.seed, trial.window, trial.updates, trial.curriculum
        )
        stretches: Any = Stretches(streams, trial.window, trial.max_epochs)
        return stretches

    def evaluation_batches(self, task: Task) -> dict[str, SequenceBatches]:
        streams = _streams(task)
        found: dict[str, Any] = {
            split: Windows(list(streams.held_out[split]), streams.window)
            for split in HELD
        }
        return found

    def measure(
        self,
        model: Any,
        trial: Trial,
        task: Task,
        splits: Mapping[str, SequenceBatches],
    ) -> dict[str, Scores]:
        streams = _streams(task)
        loss = task.loss(reduction="none")
        found: dict[str, dict[str, dict[str, float]]] = {}
        for split in HELD:
            reset_states(model)
            nll = score(model, loss, splits[split])
            found.setdefault("nll", {})[split] = nll
            right = guesses(model, splits[split]) == streams.held_out[split][:, 1:]
            accuracies = {ALL_SYMBOLS: right}
            if split in streams.known:
                accuracies[KNOWN] = right[streams.known[split]]
            for name, of in accuracies.items():
                found.setdefault(name, {})[split] = {"pooled": float(of.mean())}
            for name, ceiling in streams.ceiling.get(split, {}).items():
                scores = found.setdefault(f"{name}_ceiling", {})
                scores[split] = {"pooled": ceiling}
        return dict(found)


def guesses(model: Any, windows: Any) -> Array:
    """The most probable symbol of each step, states carried.

    Returns:
        `(streams, steps)`.
    """
    reset_states(model)
    found = [
        keras.ops.convert_to_numpy(model.predict_on_batch(inputs)).argmax(axis=-1)
        for inputs, _, _ in windows
    ]
    reset_states(model)
    return np.concatenate(found, axis=1)


def reset_states(model: Any) -> None:
    """Has every layer that carries states begin anew."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN) and layer.stateful:
            layer.reset_states()


def _streams(task: Task) -> StreamTask:
    assert isinstance(task, StreamTask)
    return task
