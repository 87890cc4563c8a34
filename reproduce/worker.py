"""What runs in the processes of a sweep: one trial after another on one core."""

import signal
from functools import partial
from multiprocessing.queues import Queue
from typing import Any

from keras_gated.datasets.music import MusicDataset
from reproduce.ledger import Ledger, Record
from reproduce.studies.chung2014 import Trial
from reproduce.trial import run_trial

_events: "Queue[Any]"


def start(events: "Queue[Any]") -> None:
    """Prepares the process. Ctrl-C is for its parent, which then ends it."""
    global _events
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _events = events


def work(trial: Trial, data: MusicDataset, ledger: Ledger) -> Record:
    """Runs a trial, stores its record, and returns it."""
    if trial.backend == "torch":
        import torch

        torch.set_num_threads(1)
    record = run_trial(trial, data, partial(_report, trial.name))
    ledger.write(trial, record)
    return record


def _report(name: str, epoch: int, score: float, best: float) -> None:
    _events.put((name, epoch, score, best))
