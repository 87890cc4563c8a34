"""Trials so small that they are trained in a moment, and records without training."""

from dataclasses import replace

import keras

from reproduce.record import Record
from reproduce.studies.jozefowicz2015.data import load_task
from reproduce.studies.jozefowicz2015.options import Options
from reproduce.studies.jozefowicz2015.plan import plan
from tests.reproduce.examples import small_task

TASK = "arithmetic_1"


def options_of(**changes):
    settings = {"dataset": (TASK,), "parameters": 2000, "updates": 4, "epochs": 2}
    return Options(backend=keras.backend.backend(), **{**settings, **changes})


def task_of(dataset=TASK):
    """The task, of which little is held out."""
    task = load_task(dataset, "", None)
    few = 2 * task.window
    return replace(
        task,
        held_out={split: a[:, : few + 1] for split, a in task.held_out.items()},
        known={split: a[:, :few] for split, a in task.known.items()},
    )


def trials_of(dataset=TASK, known=(), **changes):
    options = options_of(**{"dataset": (dataset,), **changes})
    return plan(options, dataset, load_task(dataset, "", None), known)


def play(trials_after, record_after):
    """The records of all trials of a plan, made round by round as the engine does.

    Args:
        trials_after: What is to be trained, given the records so far.
        record_after: The record of a trial.
    """
    known = []
    for _ in range(100):
        done = {record.name for record in known}
        new = [trial for trial in trials_after(known) if trial.name not in done]
        if not new:
            return known
        known += [record_after(trial) for trial in new]
    raise AssertionError("It does not end.")


def record_of(trial, known=0.5, symbols=0.4, **changes):
    """What a trial leaves behind, with made-up accuracies."""

    def both(value):
        return {split: {"pooled": value} for split in ("valid", "test")}

    record = Record(
        trial=trial,
        data_source="made up",
        versions={"keras": "3"},
        parameters={"recurrent": 1000, "total": 2000},
        history={"valid_nll": [2.0, 1.0], "seconds": [1.0, 1.0]},
        best_epoch=2,
        scores={
            "nll": both(1.0),
            "accuracy": both(symbols),
            "known_accuracy": both(known),
            "all_ceiling": both(0.6),
            "known_ceiling": both(1.0),
        },
        seconds=2.0,
    )
    return replace(record, **changes)


def music_trials_of(dataset="nottingham", known=(), **changes):
    """The trials of a plan on made-up music that has the name of a real set."""
    options = options_of(**{"dataset": (dataset,), "epochs": None, **changes})
    return plan(options, dataset, small_task(), known)


def music_record_of(trial, nll=3.5, **changes):
    """What a trial on music leaves behind, with a made-up NLL."""
    averages = {"pooled": nll, "per_sequence": nll}
    scores = {"nll": dict.fromkeys(("train", "valid", "test"), averages)}
    return record_of(trial, scores=scores, **changes)
