"""Made-up records to test the report with."""

import io
import math

import numpy as np
from rich.console import Console

from reproduce.record import Record
from reproduce.report import write_report
from reproduce.studies.chung2014.study import STUDY
from reproduce.studies.chung2014.trial import Trial
from reproduce.study import Results

NAN = math.nan

UNITS = {
    "music": {"lstm": (36, 18_108), "gru": (46, 18_630), "tanh": (100, 18_900)},
    "speech": {"lstm": (195, 169_065), "gru": (227, 168_888), "tanh": (400, 168_400)},
}


def report(records, out, baselines=(), width=80):
    """Writes the report and returns what it prints."""
    console = Console(file=io.StringIO(), width=width)
    write_report(STUDY, Results(records, baselines), out, console)
    return console.file.getvalue()


def scores(train, valid, test, factor=1.0):
    """Both averages of each split; those by sequence are `factor` times the others."""
    values = {"train": train, "valid": valid, "test": test}
    return {
        split: {"pooled": value, "per_sequence": factor * value}
        for split, value in values.items()
    }


def curve(end, epochs=3, start=None):
    """A validation curve that falls to `end`."""
    start = end + 2.0 if start is None else start
    return [float(value) for value in np.linspace(start, end, epochs)]


def make_record(
    unit="gru",
    seed=0,
    valid=8.0,
    test=8.1,
    train=7.0,
    dataset="jsb_chorales",
    data="canonical",
    protocol="ours",
    arm="table1",
    candidate=0,
    learning_rate=1e-3,
    history=None,
    factor=1.0,
    noise_cost=0.2,
    seconds=4.0,
):
    """The record of a trial that diverged where a score is NaN."""
    units, recurrent = UNITS["speech" if "speech" in dataset else "music"][unit]
    history = history or {}
    end = 8.0 if math.isnan(valid) else valid
    valid_curve = history.get("valid_nll", curve(end))
    epochs = len(valid_curve)
    measured = {"nll": scores(train, valid, test, factor)}
    if noise_cost is not None:
        noisy = (value + noise_cost for value in (train, valid, test))
        measured["nll_with_noise"] = scores(*noisy, factor)
    trial = Trial(
        dataset=dataset,
        data=data,
        data_fingerprint="0123456789abcdef",
        candidate=candidate,
        seed=seed,
        backend="jax",
        max_epochs=300,
        patience=30,
        encoding="" if "speech" in dataset else "piano",
        protocol=protocol,
        arm=arm,
        unit=unit,
        units=units,
        learning_rate=learning_rate,
        layer_arguments={"unit_forget_bias": False} if unit == "lstm" else {},
    )
    return Record(
        trial=trial,
        data_source="made up",
        versions={"keras": "3.15.1", "jax": "0.10.2"},
        parameters={"recurrent": recurrent, "total": recurrent + 4000},
        history={
            "train_nll_with_noise": [value - 0.3 for value in valid_curve],
            "valid_nll": valid_curve,
            "seconds": [1.0] * epochs,
            "updates": [10] * epochs,
            "gradient_norm": [NAN] * epochs,
            "clipped_share": [0.5] * epochs,
            **history,
        },
        best_epoch=epochs,
        scores=measured,
        seconds=seconds,
    )


def make_baseline(dataset="speech_a", name="linear autoregression"):
    return {
        "dataset": dataset,
        "data": "Free Spoken Digit Dataset",
        "name": name,
        "nll": scores(9.1, 9.2, 9.345),
    }


def seeds_of(unit, tests, **changes):
    """A trial for each seed with the given test scores."""
    return [
        make_record(unit, seed, test=test, valid=test - 0.1, **changes)
        for seed, test in enumerate(tests)
    ]


def whole_study(seeds=3):
    """Every protocol, arm, data set and unit, with curves that look like real ones."""
    rng = np.random.default_rng(0)
    ends = {"lstm": 0.02, "gru": 0.0, "tanh": 0.05}
    speed = {"lstm": 12, "gru": 7, "tanh": 20}
    levels = {
        "jsb_chorales": 8.4,
        "nottingham": 3.4,
        "musedata": 7.1,
        "piano_midi_de": 7.7,
        "speech_a": 3.0,
        "speech_b": 1.5,
    }
    records = []
    for protocol, candidates in (("ours", 4), ("paper", 3), ("code", 1)):
        for dataset, level in levels.items():
            if protocol == "code" and dataset != "jsb_chorales":
                continue
            speech = "speech" in dataset
            for unit in ends:
                for seed in range(seeds):
                    for candidate in range(candidates):
                        epochs = int(rng.integers(60, 120))
                        end = level * (1 + ends[unit] * (4 if speech else 1))
                        end += 0.02 * rng.normal() + 0.06 * candidate**2
                        x = np.arange(epochs)
                        valid = end + 1.6 * level * np.exp(-x / speed[unit])
                        valid += 0.02 * rng.normal(size=epochs)
                        records.append(
                            make_record(
                                unit,
                                seed,
                                valid=float(valid.min()),
                                test=float(end + 0.05 + 0.02 * rng.normal()),
                                train=float(end - 0.5),
                                dataset=dataset,
                                data=_data(dataset),
                                protocol=protocol,
                                candidate=candidate,
                                learning_rate=float(10 ** -(2.5 + 0.4 * candidate)),
                                factor=0.88 if dataset == "musedata" else 1.02,
                                noise_cost=None if protocol == "paper" else 0.15,
                                seconds=float(epochs),
                                history={
                                    "valid_nll": [float(value) for value in valid],
                                    "train_nll_with_noise": [
                                        float(value) for value in valid - 0.004 * x
                                    ],
                                },
                            )
                        )
    for arm, units in {"total": ("gru", "tanh"), "no_peepholes": ("lstm",)}.items():
        for unit in units:
            records += [
                make_record(unit, seed, test=8.5 + 0.01 * seed**2, arm=arm)
                for seed in range(seeds)
            ]
    return records


def _data(dataset):
    stand_ins = {
        "speech_a": "Free Spoken Digit Dataset",
        "speech_b": "Asterisk prompts",
        "piano_midi_de": "pieces of another collection",
    }
    return stand_ins.get(dataset, "canonical")
