"""One trial: build a model, fit it, measure it."""

import math
import platform
from importlib import import_module
from pathlib import Path

import keras
import numpy as np

import keras_gated
from keras_gated.callbacks import WallClock
from keras_gated.datasets import SequenceBatches
from reproduce.record import Record
from reproduce.task import Task
from reproduce.training.arrays import save_arrays
from reproduce.training.left import save_left
from reproduce.training.progress import Progress, Report
from reproduce.training.training import AnyTrial, Training
from reproduce.trial import Trial

CHECKPOINT_SECONDS = 20.0
MOST_BYTES = 1 << 26
"""Of the batches that are handed to a program together."""


def run_trial(
    training: Training[AnyTrial],
    trial: AnyTrial,
    task: Task,
    out: Path,
    report: Report,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> Record:
    """Trains and measures one model, or goes on where a killed process left off.

    Args:
        training: How the study does it.
        trial: What to train.
        task: The data set that `trial` names.
        out: Folder of the sweep, where `checkpoints` and `weights` are.
        report: Called after each epoch with the number of finished epochs and the
            validation NLL.
        checkpoint_seconds: Seconds between two checkpoints.

    Returns:
        The record of the trial, with the scores at the epoch with the best validation
        score.

    Raises:
        ValueError: If `task` holds other data than `trial` was planned for.
    """
    if task.fingerprint != trial.data_fingerprint:
        raise ValueError(
            f"{trial.name} was planned for other data than are found here: SHA-256 "
            f"{trial.data_fingerprint} there, {task.fingerprint} in {task.source}."
        )
    model = training.build(trial, task)
    train = training.batches(trial, task)
    splits = training.evaluation_batches(task)
    training.compile(
        model,
        trial,
        task,
        updates=trial.max_epochs * len(train),
        steps_per_execution=_steps_per_execution(trial, train, splits["valid"]),
    )
    model.optimizer.build(model.trainable_variables)
    progress = Progress(
        _checkpoint(trial, out),
        trial.patience,
        checkpoint_seconds,
        report,
        trial.prune_epoch,
        trial.prune_above,
    )
    progress.resume(model)
    if not progress.is_over:
        model.fit(
            train,
            validation_data=splits["valid"],
            initial_epoch=progress.epochs,
            epochs=trial.max_epochs,
            shuffle=False,
            callbacks=[
                train.epoch_callback(),
                WallClock(),
                *training.callbacks(trial),
                progress,
            ],
            verbose=0,
        )
    progress.restore_best(model)
    record = Record(
        trial=trial,
        data_source=Path(task.source).name,
        versions=versions(trial.backend),
        parameters=training.parameters(model),
        history=progress.history,
        best_epoch=progress.best_epoch,
        scores=training.measure(model, trial, task, splits),
        seconds=math.fsum(progress.history["seconds"]),
    )
    save_left(trial, training.leave(model, trial, task), out)
    save_arrays(
        out / "weights" / f"{trial.name}.npz",
        {"weights": model.get_weights()},
        {"name": trial.name, "config": trial.config},
    )
    return record


def forget_checkpoint(trial: Trial, out: Path) -> None:
    """Removes the checkpoint of a trial whose record is safe."""
    _checkpoint(trial, out).unlink(missing_ok=True)


def _checkpoint(trial: Trial, out: Path) -> Path:
    return out / "checkpoints" / f"{trial.name}-{trial.digest}.npz"


def _steps_per_execution(
    trial: Trial, train: SequenceBatches, valid: SequenceBatches
) -> int:
    """How many steps are one program: all of an epoch, if their batches are small."""
    if trial.backend != "jax":
        return 1
    most = MOST_BYTES // max(map(_largest, (train, valid)))
    if _largest(valid) * len(valid) <= MOST_BYTES:
        most = MOST_BYTES // _largest(train)
    return max(1, min(most, len(train)))


def _largest(batches: SequenceBatches) -> int:
    """Bytes of the inputs and targets of the longest batch."""
    steps = batches.batch_size * batches.padded_lengths[-1]
    sizes = (batches.inputs[0][0].size, batches.targets[0][0].size)
    return steps * sum(sizes) * batches.dtype.itemsize


def versions(backend: str) -> dict[str, str]:
    """What the trial ran on, as the modules say it themselves.

    pip knows some of them by other names: Keras' nightly, TensorFlow without GPUs.
    """
    modules = (keras_gated, keras, import_module(backend), np)
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{module.__name__: module.__version__ for module in modules},
    }
