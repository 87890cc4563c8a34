"""One trial: build a model, fit it, measure it."""

import platform
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

import keras
import numpy as np

from keras_gated.callbacks import GradientClipping, WallClock
from keras_gated.datasets import SequenceBatches
from keras_gated.datasets.music import MusicDataset
from keras_gated.layers import BernoulliHead
from keras_gated.losses import BernoulliNLL
from keras_gated.metrics import MeanNLL
from keras_gated.models import count_parameters, sequence_model
from reproduce.studies.chung2014 import Trial

# Each padded length is compiled for: more of them save computing, not time.
PADDED_LENGTHS = 2
EVALUATION_BATCH = 32

HISTORY = {
    "nll": "train_nll_with_noise",
    "val_nll": "valid_nll",
    "seconds": "seconds",
    "updates": "updates",
    "gradient_norm": "gradient_norm",
    "clipped_share": "clipped_share",
}
"""The columns of a trial's history, by their names in Keras' logs."""

Report = Callable[[int, float, float], None]


def run_trial(trial: Trial, data: MusicDataset, report: Report) -> dict[str, Any]:
    """Trains and measures one model.

    Args:
        trial: What to train.
        data: The data set that `trial` names.
        report: Called after each epoch with the number of finished epochs, the
            validation NLL and the best one so far.

    Returns:
        The record of the trial: its configuration, versions, history by epoch, and
        the NLL on each split at the epoch with the best validation score, noise off.
    """
    started = time.perf_counter()
    keras.utils.set_random_seed(trial.seed)
    size = data.train[0].shape[1]
    model = sequence_model(
        trial.unit,
        trial.units,
        BernoulliHead(size),
        input_size=size,
        weight_noise=trial.weight_noise,
        seed=trial.seed,
        **trial.layer_arguments,
    )
    loss = BernoulliNLL()
    model.compile(
        optimizer=keras.optimizers.RMSprop(trial.learning_rate, rho=trial.rho),
        loss=loss,
        weighted_metrics=[MeanNLL(loss)],
        jit_compile=trial.backend != "torch",
    )
    train = SequenceBatches.next_step(
        data.train,
        trial.batch_size,
        seed=trial.seed,
        padded_lengths=PADDED_LENGTHS,
    )
    splits = _evaluation_batches(data)
    stopping = keras.callbacks.EarlyStopping(
        monitor="val_nll",
        mode="min",
        patience=trial.patience,
        restore_best_weights=True,
    )
    logs = model.fit(
        train,
        validation_data=splits["valid"],
        epochs=trial.max_epochs,
        shuffle=False,
        callbacks=[
            train.epoch_callback(),
            GradientClipping(trial.max_norm),
            WallClock(),
            stopping,
            _Reporter(report),
        ],
        verbose=0,
    ).history
    return {
        "name": trial.name,
        "config": trial.config,
        "data_source": data.source,
        "data_fingerprint": data.fingerprint,
        "versions": versions(trial.backend),
        "parameters": {
            "recurrent": count_parameters(trial.unit, trial.units, size),
            "total": model.count_params(),
        },
        "history": {HISTORY[key]: logs[key] for key in HISTORY},
        "best_epoch": stopping.best_epoch + 1,
        "nll": {name: evaluate(model, batches) for name, batches in splits.items()},
        "seconds": time.perf_counter() - started,
    }


SPLITS = ("train", "valid", "test")


def _evaluation_batches(data: MusicDataset) -> dict[str, SequenceBatches]:
    """The splits, padded to the same lengths, so that what is compiled serves all."""
    splits = {name: getattr(data, name) for name in SPLITS}
    together = SequenceBatches.next_step(
        [roll for rolls in splits.values() for roll in rolls],
        EVALUATION_BATCH,
        padded_lengths=PADDED_LENGTHS,
    )
    return {
        name: SequenceBatches.next_step(
            rolls,
            EVALUATION_BATCH,
            shuffle=False,
            padded_lengths=together.padded_lengths,
        )
        for name, rolls in splits.items()
    }


def evaluate(model: keras.Model, batches: SequenceBatches) -> dict[str, float]:
    """The NLL of a model in nats per step, by both averages in use.

    Args:
        model: A model that puts out the logits of every step.
        batches: The sequences to measure it on.

    Returns:
        `pooled`, the mean over all steps of all sequences, and `per_sequence`, the
        mean over sequences of the mean over their steps.
    """
    loss = BernoulliNLL(reduction="none")
    nats, steps = [], []
    for inputs, targets, weight in batches:
        values = loss(targets, model.predict_on_batch(inputs), weight)
        rows = weight.any(axis=1)
        nats.append(keras.ops.convert_to_numpy(values).sum(axis=1)[rows])
        steps.append(weight.sum(axis=1)[rows])
    total, length = np.concatenate(nats), np.concatenate(steps)
    return {
        "pooled": float(total.sum() / length.sum()),
        "per_sequence": float(np.mean(total / length)),
    }


def versions(backend: str) -> dict[str, str]:
    """What the trial ran on."""
    names = ("keras_gated", "keras", backend, "numpy")
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


class _Reporter(keras.callbacks.Callback):
    """Hands the validation score of each epoch to a function."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
        self.best = float("inf")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        score = (logs or {})["val_nll"]
        self.best = min(self.best, score)
        self.report(epoch + 1, score, self.best)
