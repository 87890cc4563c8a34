"""What a trial has come to: its history, its best weights, its checkpoint."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from reproduce.training.arrays import Arrays, load_arrays, save_arrays

HISTORY = {
    "nll": "train_nll_with_noise",
    "val_nll": "valid_nll",
    "seconds": "seconds",
    "updates": "updates",
    "gradient_norm": "gradient_norm",
    "clipped_share": "clipped_share",
}
"""The columns of a trial's history, by their names in Keras' logs."""

NUMBERS = "biuf"
"""Kinds of NumPy dtypes."""

Report = Callable[[int, float], None]


class Progress(keras.callbacks.Callback):
    """Keeps the history and the best weights, stops in time, and saves checkpoints.

    Put it behind every callback that writes into the logs or exchanges weights. A
    checkpoint is taken at the beginning of an epoch and holds all that the epochs
    to come depend on: weights, states of the optimizer and of the noise. A trial that
    goes on from it has the history it would have had.

    Args:
        path: Where the checkpoint is.
        patience: Epochs without a better validation score before training stops.
        every: Seconds between two checkpoints; 0 for one each epoch.
        report: Called after each epoch with the number of finished epochs and the
            validation NLL.
        prune_epoch: Epochs after which training stops if all scores are above
            `prune_above`; 0 for never.
        prune_above: See `prune_epoch`.
    """

    def __init__(
        self,
        path: Path,
        patience: int,
        every: float,
        report: Report,
        prune_epoch: int = 0,
        prune_above: float = 0.0,
    ) -> None:
        super().__init__()
        self.path = path
        self.patience = patience
        self.every = every
        self.report = report
        self.prune_epoch = prune_epoch
        self.prune_above = prune_above
        self.history: dict[str, list[float]] = {name: [] for name in HISTORY.values()}
        self.best_epoch = 0
        self.best_weights: Arrays = []
        self._saved = time.monotonic()

    @property
    def epochs(self) -> int:
        """Number of finished epochs."""
        return len(self.history["valid_nll"])

    @property
    def best_score(self) -> float:
        """The lowest validation NLL so far."""
        if not self.best_epoch:
            return math.inf
        return self.history["valid_nll"][self.best_epoch - 1]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to be hoped for from further epochs."""
        scores = self.history["valid_nll"]
        diverged = bool(scores) and not math.isfinite(scores[-1])
        is_stuck = self.epochs >= self.best_epoch + self.patience
        return diverged or is_stuck or self._is_pruned

    @property
    def _is_pruned(self) -> bool:
        """Whether it had come to too little when it was judged."""
        judged = self.history["valid_nll"][: self.prune_epoch]
        is_judged = self.prune_epoch and len(judged) == self.prune_epoch
        return bool(is_judged) and min(judged) > self.prune_above

    def resume(self, model: keras.Model) -> None:
        """Goes back to the checkpoint, if there is one.

        Raises:
            ValueError: If the file is no checkpoint of this model.
        """
        if not self.path.exists():
            return
        groups, notes = load_arrays(self.path)
        variables = _state(model)
        best = model.weights if notes.get("best_epoch") else []
        if not (
            _fit(groups.get("state"), variables) and _fit(groups.get("best"), best)
        ):
            raise ValueError(f"{self.path} is a checkpoint of another model.")
        if not _is_course(notes.get("best_epoch"), notes.get("history")):
            raise ValueError(f"{self.path} is no checkpoint: it has no whole history.")
        for variable, array in zip(variables, groups["state"], strict=True):
            variable.assign(array)
        self.best_weights = groups["best"]
        self.best_epoch = notes["best_epoch"]
        self.history = notes["history"]

    def restore_best(self, model: keras.Model) -> None:
        """Gives the model the weights with the best validation score."""
        if self.best_epoch:
            model.set_weights(self.best_weights)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if epoch and time.monotonic() >= self._saved + self.every:
            save_arrays(
                self.path,
                {
                    "state": [
                        keras.ops.convert_to_numpy(variable.value)
                        for variable in _state(self.model)
                    ],
                    "best": self.best_weights,
                },
                {"best_epoch": self.best_epoch, "history": self.history},
            )
            self._saved = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        logs = logs or {}
        score = logs["val_nll"]
        is_best = score < self.best_score
        for key, name in HISTORY.items():
            self.history[name].append(float(logs.get(key, math.nan)))
        if is_best:
            self.best_epoch = self.epochs
            self.best_weights = self.model.get_weights()
        if self.is_over:
            self.model.stop_training = True
        self.report(self.epochs, score)


def _state(model: keras.Model) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _fit(arrays: Arrays | None, variables: list[Any]) -> bool:
    """Whether the arrays are the values of the variables."""
    found = [(array.shape, array.dtype.kind) for array in arrays or []]
    return [shape for shape, _ in found] == [
        tuple(variable.shape) for variable in variables
    ] and all(kind in NUMBERS for _, kind in found)


def _is_course(best_epoch: Any, history: Any) -> bool:
    """Whether the columns have an entry for each epoch, of which one is the best."""
    if not isinstance(history, dict) or set(history) != set(HISTORY.values()):
        return False
    columns = list(history.values())
    if not all(isinstance(column, list) for column in columns):
        return False
    return (
        len({len(column) for column in columns}) == 1
        and all(isinstance(entry, int | float) for c in columns for entry in c)
        and type(best_epoch) is int
        and 0 <= best_epoch <= len(columns[0])
    )
