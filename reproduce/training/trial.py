"""One trial: build a model, fit it, measure it."""

import itertools
import math
import platform
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np

import keras_gated
from keras_gated.callbacks import GradientClipping, WallClock
from keras_gated.datasets import SequenceBatches
from keras_gated.models import count_parameters
from reproduce.data import SPLITS, Array, Pairs, Task
from reproduce.studies.plan import Trial
from reproduce.training.arrays import save_arrays
from reproduce.training.build import build_model, compile_model
from reproduce.training.progress import Progress, Report
from reproduce.training.scores import score, score_with_noise

# Each padded length is compiled for: more of them save computing, not time.
PADDED_LENGTHS = {"short": 2, "long": 8}
LONG = 300
EVALUATION_BATCH = 32
CHECKPOINT_SECONDS = 20.0
MOST_BYTES = 1 << 26
"""Of the batches that are handed to a program together."""


Record = dict[str, Any]


def run_trial(
    trial: Trial,
    task: Task,
    out: Path,
    report: Report,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> Record:
    """Trains and measures one model, or goes on where a killed process left off.

    Args:
        trial: What to train.
        task: The data set that `trial` names.
        out: Folder of the sweep, where `checkpoints` and `weights` are.
        report: Called after each epoch with the number of finished epochs and the
            validation NLL.
        checkpoint_seconds: Seconds between two checkpoints.

    Returns:
        The record of the trial: its configuration, versions, history by epoch, and
        the NLL on each split at the epoch with the best validation score, with the
        noise off and on.

    Raises:
        ValueError: If `task` holds other data than `trial` was planned for.
    """
    if task.fingerprint != trial.data_fingerprint:
        raise ValueError(
            f"{trial.name} was planned for other data than are found here: SHA-256 "
            f"{trial.data_fingerprint} there, {task.fingerprint} in {task.source}."
        )
    model = build_model(trial, task)
    train = _training_batches(trial, task)
    splits = _evaluation_batches(task)
    compile_model(
        model,
        trial,
        task,
        updates=trial.max_epochs * len(train),
        steps_per_execution=_steps_per_execution(trial, train, splits["valid"]),
    )
    model.optimizer.build(model.trainable_variables)
    progress = Progress(
        _checkpoint(trial, out), trial.patience, checkpoint_seconds, report
    )
    progress.resume(model)
    if not progress.is_over:
        model.fit(
            train,
            validation_data=splits["valid"],
            initial_epoch=progress.epochs,
            epochs=trial.max_epochs,
            shuffle=False,
            callbacks=[train.epoch_callback(), *_callbacks(trial), progress],
            verbose=0,
        )
    progress.restore_best(model)
    record = {
        "name": trial.name,
        "config": trial.config,
        "data_source": Path(task.source).name,
        "data_fingerprint": task.fingerprint,
        "versions": versions(trial.backend),
        "parameters": {
            "recurrent": count_parameters(
                trial.unit, trial.units, task.input_size, **_sizes(trial)
            ),
            "total": model.count_params(),
        },
        "history": progress.history,
        "best_epoch": progress.best_epoch,
        **_scores(model, trial, task, splits),
        "seconds": math.fsum(progress.history["seconds"]),
    }
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


def _callbacks(trial: Trial) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = [WallClock()]
    if trial.recipe.clip == "gradient":
        callbacks.append(GradientClipping(trial.recipe.max_norm))
    if trial.recipe.averaging:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    return callbacks


def _training_batches(trial: Trial, task: Task) -> SequenceBatches:
    inputs, targets = task.splits["train"]
    if trial.recipe.window:
        inputs = cut(inputs, trial.recipe.window)
        targets = cut(targets, trial.recipe.window)
    return SequenceBatches(
        inputs,
        targets,
        trial.recipe.batch_size,
        seed=trial.seed,
        padded_lengths=_padded_lengths((inputs, targets)),
    )


def cut(sequences: list[Array], window: int) -> list[Array]:
    """Cuts sequences into pieces of about equal length, near `window` steps."""
    pieces: list[Array] = []
    for sequence in sequences:
        count = max(1, round(len(sequence) / window))
        ends = [len(sequence) * number // count for number in range(count + 1)]
        pieces += [sequence[a:b] for a, b in itertools.pairwise(ends)]
    return pieces


def _evaluation_batches(task: Task) -> dict[str, SequenceBatches]:
    """The splits, padded to the same lengths, so that what is compiled serves all."""
    everything: Pairs = (
        [x for split in SPLITS for x in task.splits[split][0]],
        [y for split in SPLITS for y in task.splits[split][1]],
    )
    together = SequenceBatches(
        *everything, EVALUATION_BATCH, padded_lengths=_padded_lengths(everything)
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


def _padded_lengths(pairs: Pairs) -> int:
    longest = max(len(sequence) for sequence in pairs[0])
    return PADDED_LENGTHS["long" if longest > LONG else "short"]


def _scores(
    model: keras.Model, trial: Trial, task: Task, splits: dict[str, SequenceBatches]
) -> dict[str, Any]:
    loss = task.loss(reduction="none")
    stddev = trial.recipe.weight_noise
    with_noise = None
    if stddev:
        with_noise = score_with_noise(model, loss, splits, stddev, trial.seed)
    return {
        "nll": {name: score(model, loss, batches) for name, batches in splits.items()},
        "nll_with_noise": with_noise,
    }


def _sizes(trial: Trial) -> dict[str, bool]:
    """The arguments of the layer that change the number of its weights."""
    return {
        name: value
        for name, value in trial.layer_arguments.items()
        if name in ("use_peepholes", "reset_after")
    }


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
