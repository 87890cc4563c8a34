"""Choice of the learning rate by short trials at the beginning of `fit`."""

import math
import numbers
import warnings
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import keras
import numpy as np

from keras_gated._integers import is_integer

Values: TypeAlias = list[np.ndarray[Any, Any]]


class LearningRateSelection(keras.callbacks.Callback):
    """Tries learning rates one after the other and goes on with the best.

    The first `epochs_needed = len(candidates) * epochs` epochs of `fit` are trials.
    Each candidate trains for `epochs` epochs from the same beginning: weights,
    state of the optimizer and of the seed generators. The candidate with the best
    `monitor` at the end of its trial wins, and training goes on from where that
    trial ended, with its learning rate.

    What other callbacks should do meanwhile is up to you. Early stopping has to
    wait, `keras.callbacks.EarlyStopping(start_from_epoch=selection.epochs_needed)`;
    `keras.callbacks.TerminateOnNaN` would end the selection where one candidate
    diverges; a callback that sets the learning rate itself does not fit in.

    Adds to the logs of an epoch, and so to the history that `fit` returns:

    - `learning_rate`: the rate of this epoch.
    - `selecting`: 1 during the trials, 0 afterwards.

    Global random generators are not set back. So each trial sees the training data
    in another order, unless `fit(shuffle=False)` or the data set itself fixes it,
    and on PyTorch a `keras.layers.Dropout` without a `seed` draws other masks.

    A selection is not backed up: `fit` may begin at epoch 0 and select, or after
    `epochs_needed` (`initial_epoch`, `keras.callbacks.BackupAndRestore`) and go on
    with what was selected, but not in between.

    Args:
        candidates: Learning rates to try, in this order. Above 0, no two equal.
        epochs: Number of epochs of each trial.
        monitor: Entry of the logs that is compared. `validation_freq` of `fit` has
            to give it in the last epoch of each trial.
        mode: `"min"` if a small value of `monitor` is good, else `"max"`.
        verbose: 1 prints the score of each candidate and the choice, 0 nothing.

    Attributes:
        epochs_needed: Number of epochs that the trials take.
        scores: The value of `monitor` for each rate tried so far. A value that is
            not finite never wins.
        best: The best rate tried so far, `None` before the first.

    Raises:
        ValueError: If an argument is out of range. In `fit`, if there are fewer
            epochs than needed, the model has no optimizer, or one whose rate is a
            schedule, it is not built or has nothing to train, `monitor` is missing
            from the logs, or every candidate ends with a value that is not finite
            (the model is then as it was at first).

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from keras_gated.callbacks import LearningRateSelection
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x, y = np.ones((8, 3)), np.ones((8, 1))
        >>> selection = LearningRateSelection(
        ...     [1e-6, 0.1], epochs=2, monitor="loss"
        ... )
        >>> history = model.fit(x, y, epochs=6, callbacks=[selection], verbose=0)
        >>> selection.best, selection.epochs_needed
        (0.1, 4)
        >>> history.history["selecting"]
        [1, 1, 1, 1, 0, 0]

    Reference:
        Chung et al. (2014), Empirical evaluation of gated recurrent neural networks
        on sequence modeling, section 4: the rate with the best validation out of
        10 drawn log-uniformly. There each is trained to the end.
    """

    def __init__(
        self,
        candidates: Sequence[float],
        epochs: int = 5,
        monitor: str = "val_loss",
        mode: Literal["min", "max"] = "min",
        verbose: int = 0,
    ) -> None:
        super().__init__()
        self.candidates = _checked_rates(candidates)
        if not is_integer(epochs, at_least=1):
            raise ValueError(
                "LearningRateSelection needs epochs, a whole number of 1 or more. "
                f"Received: epochs={epochs!r}"
            )
        if mode not in ("min", "max"):
            raise ValueError(
                "LearningRateSelection knows the modes 'min' and 'max'. "
                f"Received: mode={mode!r}"
            )
        self.epochs = int(epochs)
        self.monitor = monitor
        self.mode = mode
        self.verbose = verbose
        self.epochs_needed = len(self.candidates) * self.epochs
        self.scores: dict[float, float] = {}
        self.best: float | None = None
        self._initial_state: Values = []
        self._best_state: Values = []
        self._begun = False
        self._selecting = False
        self._finished = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._begun = False
        self._selecting = False
        model = self.model
        planned = (self.params or {}).get("epochs", self.epochs_needed)
        if planned < self.epochs_needed:
            raise ValueError(
                f"LearningRateSelection needs fit(epochs={self.epochs_needed}) or "
                f"more: {len(self.candidates)} candidates for {self.epochs} epochs "
                f"each. Received: epochs={planned}"
            )
        if model.optimizer is None:
            raise ValueError(
                "LearningRateSelection sets the learning rate of the optimizer. "
                f"Received: {model.name}, compiled with optimizer=None"
            )
        if not isinstance(model.optimizer.learning_rate, keras.Variable):
            raise ValueError(
                "LearningRateSelection sets the learning rate, so the optimizer has "
                "to be made with a number. Received an optimizer whose learning rate "
                f"is a schedule or a callable: {model.optimizer}"
            )
        if not model.built:
            raise ValueError(
                "LearningRateSelection needs a model with weights before fit. "
                f"Received: {model.name}, not built; call it on a batch or give it "
                "a keras.Input"
            )
        if not model.trainable_variables:
            raise ValueError(
                "LearningRateSelection needs weights that a learning rate acts on. "
                f"Received: {model.name}, of whose {len(model.weights)} weights none "
                "is trainable"
            )
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self._begun:
            self._begin(epoch)
        if not self._selecting:
            return
        trial, epoch_of_trial = divmod(epoch, self.epochs)
        if trial == len(self.candidates):
            self._finish()
        elif epoch_of_trial == 0:
            self._restore(self._initial_state)
            self.model.optimizer.learning_rate = self.candidates[trial]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        trial, epoch_of_trial = divmod(epoch, self.epochs)
        if self._selecting and epoch_of_trial == self.epochs - 1:
            self._compare(self.candidates[trial], logs)
        logs["learning_rate"] = float(
            keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)
        )
        logs["selecting"] = int(self._selecting)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if not self._selecting:
            return
        if len(self.scores) == len(self.candidates):
            self._finish()
            # fit did so with the weights of the last trial.
            self.model.optimizer.finalize_variable_values(
                self.model.trainable_variables
            )
        else:
            warnings.warn(
                "fit was stopped before LearningRateSelection had made its choice, "
                f"with {len(self.scores)} of {len(self.candidates)} candidates "
                "compared: the model has the weights of a trial. A callback that "
                f"stops training has to wait for epoch {self.epochs_needed}",
                stacklevel=2,
            )

    def _begin(self, epoch: int) -> None:
        self._begun = True
        if epoch == 0:
            self._selecting = True
            self._finished = False
            self.scores = {}
            self.best = None
            self._initial_state = self._state()
        elif epoch < self.epochs_needed or (
            epoch == self.epochs_needed and not self._finished
        ):
            # At epochs_needed itself a backup still holds the last trial.
            raise ValueError(
                "LearningRateSelection cannot resume within its "
                f"{self.epochs_needed} epochs of trials. Received a fit that begins "
                f"at epoch {epoch} (counted from 0): begin at 0, from the initial "
                "weights and without a backup"
            )

    def _compare(self, rate: float, logs: dict[str, Any]) -> None:
        if self.monitor not in logs:
            raise ValueError(
                "LearningRateSelection found no "
                f"{self.monitor!r} at the end of a trial. Available are: "
                f"{sorted(logs)}. A name with val_ needs validation data, and a "
                "validation_freq that divides the epochs of a trial"
            )
        score = float(logs[self.monitor])
        self.scores[rate] = score
        if self.verbose:
            print(f"\nLearning rate {rate:.3g}: {self.monitor} {score:.4f}")
        if math.isfinite(score) and self._is_better(score):
            self.best = rate
            self._best_state = self._state()
        if self.best is None and len(self.scores) == len(self.candidates):
            self._restore(self._initial_state)
            self._selecting = False
            raise ValueError(
                f"LearningRateSelection found no learning rate with a finite "
                f"{self.monitor!r}. Scores: {self.scores}"
            )

    def _is_better(self, score: float) -> bool:
        if self.best is None:
            return True
        best = self.scores[self.best]
        return score < best if self.mode == "min" else score > best

    def _finish(self) -> None:
        self._restore(self._best_state)
        self._initial_state, self._best_state = [], []
        self._selecting = False
        self._finished = True
        if self.verbose:
            print(f"\nGoing on with learning rate {self.best:.3g}")

    def _variables(self) -> list[keras.Variable]:
        """Everything that training changes, the learning rate included."""
        return [*self.model.variables, *self.model.optimizer.variables]

    def _state(self) -> Values:
        # A copy, since some backends hand out a view of the variable's memory.
        return [np.array(keras.ops.convert_to_numpy(v)) for v in self._variables()]

    def _restore(self, state: Values) -> None:
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)


def _checked_rates(candidates: Sequence[float]) -> tuple[float, ...]:
    rates = tuple(candidates)
    if not rates:
        raise ValueError(
            "LearningRateSelection needs one candidate or more. "
            f"Received: candidates={candidates!r}"
        )
    for rate in rates:
        is_number = isinstance(rate, numbers.Real) and math.isfinite(rate)
        if not (is_number and rate > 0):
            raise ValueError(
                "LearningRateSelection needs finite candidates above 0. "
                f"Received: {rate!r} in candidates={candidates!r}"
            )
    if len(set(rates)) < len(rates):
        raise ValueError(
            "LearningRateSelection needs candidates that differ. "
            f"Received: candidates={candidates!r}"
        )
    return tuple(float(rate) for rate in rates)
