"""The tables of a report that say what was run and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from reproduce.report.names import (
    HEADLINE_ARM,
    NAMES,
    NO_VALUE,
    PROTOCOLS_IN_TABLES,
    decimals,
    is_speech,
    marked_title,
    rank,
    short,
    title,
)
from reproduce.report.paired import compare
from reproduce.report.results import Record, fingerprint, number
from reproduce.report.tables import interval, markdown_table, signed, unit_name
from reproduce.sizes import size_table

Baseline = Mapping[str, Any]

TOLD_APART = ("encoding", "max_epochs", "patience", "backend", "recipe")
"""The parts of a configuration that belong to a protocol."""


def protocol_table(records: Sequence[Record]) -> str:
    """What each protocol did, with a column for music and one for speech."""
    columns: dict[tuple[str, bool], list[Record]] = {}
    for record in records:
        config = record["config"]
        key = (config["protocol"], is_speech(config["dataset"]))
        columns.setdefault(key, []).append(record)
    keys = sorted(columns, key=lambda key: (rank("protocol", key[0]), key[1]))
    described = [_describe(columns[key]) for key in keys]
    headers = [
        f"{PROTOCOLS_IN_TABLES[protocol]}, {'speech' if speech else 'music'}"
        for protocol, speech in keys
    ]
    names = dict.fromkeys(name for column in described for name in column)
    rows = [
        [name, *(column.get(name, NO_VALUE) for column in described)] for name in names
    ]
    return markdown_table(["setting", *headers], rows)


def _describe(records: Sequence[Record]) -> dict[str, str]:
    """The values that occur, all of them where trials differ."""
    rates = [record["config"]["learning_rate"] for record in records]
    cells: dict[str, dict[str, None]] = {}

    def note(name: str, value: Any) -> None:
        if value != "":
            cells.setdefault(name.replace("_", " "), {})[_plain(value)] = None

    for record in records:
        config = record["config"]
        for part in TOLD_APART:
            value = config[part]
            values = value if isinstance(value, dict) else {part: value}
            for name, item in values.items():
                note(name, item)
        for name, item in config["layer_arguments"].items():
            unit = NAMES.get(config["unit"], config["unit"])
            note(f"{unit}: {name}", item)
    seeds = sorted({record["config"]["seed"] for record in records})
    candidates = {record["config"]["candidate"] for record in records}
    hours = sum(record["seconds"] for record in records) / 3600
    return {
        "trials": str(len(records)),
        "trials that diverged": str(sum(map(diverged, records))),
        "seeds": ", ".join(map(str, seeds)),
        "candidates for the learning rate": str(len(candidates)),
        "learning rates": " to ".join(
            dict.fromkeys((short(min(rates)), short(max(rates))))
        ),
        "hours of all trials": f"{hours:.1f}",
        **{name: ", ".join(values) for name, values in cells.items()},
    }


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " to ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def diverged(record: Record) -> bool:
    """Whether a trial ended without a validation score."""
    return record["nll"]["valid"]["pooled"] is None


def data_table(records: Iterable[Record]) -> str:
    """Which version of which data set was used."""
    rows: dict[tuple[str, ...], None] = {}
    for record in sorted(
        records, key=lambda r: rank("dataset", r["config"]["dataset"])
    ):
        config = record["config"]
        row = (
            title(config["dataset"]),
            config["data"],
            record["data_source"],
            f"`{fingerprint(record)[:12]}`",
        )
        rows[row] = None
    return markdown_table(("data set", "data", "source", "SHA-256 begins"), list(rows))


def version_list(records: Iterable[Record]) -> str:
    """The versions of the packages, as a sentence part."""
    found: dict[str, set[str]] = {}
    for record in records:
        for name, version in record["versions"].items():
            found.setdefault(name, set()).add(version)
    return ", ".join(f"{name} {' and '.join(sorted(v))}" for name, v in found.items())


def parameter_table() -> str:
    """Table 1 with the whole models beside the recurrent layers."""
    headers = (
        "data",
        "input size",
        "unit",
        "recurrent layer",
        "paper's table 1",
        "with the head",
    )
    rows = [
        (
            row.data,
            str(row.input_size),
            unit_name(row.unit, row.units),
            f"{row.recurrent:,}",
            f"{row.paper / 1000:.1f} thousand",
            f"{row.total:,}",
        )
        for row in size_table().itertuples()
    ]
    return markdown_table(headers, rows)


def baseline_table(baselines: Iterable[Baseline]) -> str:
    """What simple models reach on the same data."""
    rows = []
    for baseline in sorted(baselines, key=lambda b: rank("dataset", b["dataset"])):
        scores = [
            number(baseline["nll"].get(split, {}).get(average))
            for split, average in (
                ("train", "pooled"),
                ("valid", "pooled"),
                ("test", "pooled"),
                ("test", "per_sequence"),
            )
        ]
        name = marked_title(baseline["dataset"], baseline["data"])
        rows.append((name, baseline["name"], *map(decimals, scores)))
    headers = (
        "data set",
        "baseline",
        "train",
        "valid",
        "test",
        "test, by sequence",
    )
    return markdown_table(headers, rows) if rows else ""


def arm_table(chosen: Sequence[Record]) -> str:
    """How the other arms differ from the models of table 1, paired over seeds."""
    trials: dict[tuple[str, str, str, str], dict[int, Record]] = {}
    for record in chosen:
        config = record["config"]
        key = (config["protocol"], config["arm"], config["dataset"], config["unit"])
        trials.setdefault(key, {})[config["seed"]] = record
    order = ("protocol", "arm", "dataset", "unit")
    rows = []
    for key in sorted(
        trials, key=lambda key: [rank(*item) for item in zip(order, key, strict=True)]
    ):
        protocol, arm, dataset, unit = key
        theirs = trials[key]
        table1 = trials.get((protocol, HEADLINE_ARM, dataset, unit), {})
        if arm == HEADLINE_ARM:
            continue
        scores = pd.Series([_test(record) for record in theirs.values()])
        found = compare(
            [_test(theirs[s]) - _test(table1[s]) for s in theirs.keys() & table1.keys()]
        )
        one = next(iter(theirs.values()))
        rows.append(
            (
                PROTOCOLS_IN_TABLES[protocol],
                arm.replace("_", " "),
                marked_title(dataset, one["config"]["data"]),
                unit_name(unit, one["config"]["units"]),
                f"{one['parameters']['total']:,}",
                decimals(scores.mean()),
                str(found.seeds),
                signed(found.mean),
                interval(found.low, found.high),
            )
        )
    headers = (
        "protocol",
        "arm",
        "data set",
        "unit",
        "all parameters",
        "test",
        "pairs",
        "test, arm minus table 1",
        "95 % confidence",
    )
    return markdown_table(headers, rows) if rows else ""


def _test(record: Record) -> float:
    return number(record["nll"]["test"]["pooled"])
