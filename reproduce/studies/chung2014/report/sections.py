"""The tables of a report that say what was run and what came of it."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from pandas.api.types import is_number

from reproduce.paired import compare
from reproduce.report.markdown import (
    NO_VALUE,
    decimals,
    interval,
    markdown_table,
    short,
    signed,
)
from reproduce.studies.chung2014.report.names import (
    HEADLINE_ARM,
    NAMES,
    PROTOCOLS_IN_TABLES,
    in_order,
    is_speech,
    marked_title,
    rank,
    unit_name,
)
from reproduce.studies.chung2014.report.results import CELL
from reproduce.studies.chung2014.sizes import size_table
from reproduce.study import Baseline

TOLD_APART = ("encoding", "max_epochs", "patience", "backend")
"""What belongs to a protocol beside its recipe."""

RECIPE, LAYER = "recipe.", "layer_arguments."
"""How the columns of a trial's recipe and of its layer's arguments begin."""

TEST = "test_nll_pooled"

MOST_VALUES = 4
"""Of a setting that a table lists one by one."""


def protocol_table(trials: pd.DataFrame) -> str:
    """What each protocol did, with a column for music and one for speech.

    Args:
        trials: The frame of all trials.
    """
    kinds = trials.assign(speech=trials["dataset"].map(is_speech))
    described: dict[str, dict[str, str]] = {}
    by = ["protocol", "speech"]
    for (protocol, speech), rows in in_order(kinds, by).groupby(by, sort=False):
        kind = "speech" if speech else "music"
        described[f"{PROTOCOLS_IN_TABLES[protocol]}, {kind}"] = _describe(rows)
    names = dict.fromkeys(name for cells in described.values() for name in cells)
    rows = [
        [name, *(cells.get(name, NO_VALUE) for cells in described.values())]
        for name in names
    ]
    return markdown_table(["setting", *described], rows)


def _describe(trials: pd.DataFrame) -> dict[str, str]:
    """The values that occur where trials differ, of many numbers the ends."""
    rates = trials["learning_rate"]
    settings = {
        name.replace("_", " "): _plain_all(list(values))
        for name, values in _settings(trials)
    }
    return {
        "trials": str(len(trials)),
        "trials that diverged": str(trials["valid_nll_pooled"].isna().sum()),
        "seeds": ", ".join(map(str, sorted(set(trials["seed"])))),
        "candidates for the learning rate": str(trials["candidate"].nunique()),
        "learning rates": " to ".join(
            dict.fromkeys((short(rates.min()), short(rates.max())))
        ),
        "hours of all trials": f"{trials['seconds'].sum() / 3600:.1f}",
        **{name: values for name, values in settings.items() if values},
    }


def _settings(trials: pd.DataFrame) -> Iterator[tuple[str, Iterable[Any]]]:
    """The settings of a protocol by their names, with the values of all trials."""
    for name in TOLD_APART:
        yield name, trials[name]
    for name in trials.filter(regex=f"^{RECIPE}"):
        yield name.removeprefix(RECIPE), trials[name]
    for unit, of_unit in trials.groupby("unit", sort=False):
        for name in trials.filter(regex=f"^{LAYER}"):
            yield f"{NAMES[unit]}: {name.removeprefix(LAYER)}", of_unit[name].dropna()


def _plain_all(values: list[Any]) -> str:
    distinct = list(dict.fromkeys(map(_plain, values)))
    if len(distinct) <= MOST_VALUES:
        return ", ".join(distinct)
    if all(isinstance(value, tuple | list) for value in values):
        values = [end for ends in values for end in ends]
    if all(map(is_number, values)):
        return f"{_plain(min(values))} to {_plain(max(values))}"
    return ", ".join(distinct)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " to ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


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
            baseline["nll"].get(split, {}).get(average, math.nan)
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


def arm_table(chosen: pd.DataFrame) -> str:
    """How the other arms differ from the models of table 1, paired over seeds.

    Args:
        chosen: The frame of the trials that `results.choose` returns.
    """
    others = in_order(chosen[chosen["arm"] != HEADLINE_ARM], CELL)
    table1 = chosen[chosen["arm"] == HEADLINE_ARM]
    rows = []
    for (protocol, arm, dataset, unit), theirs in others.groupby(CELL, sort=False):
        pairs = theirs.merge(table1, on=["protocol", "dataset", "unit", "seed"])
        found = compare((pairs[f"{TEST}_x"] - pairs[f"{TEST}_y"]).tolist())
        one = theirs.iloc[0]
        rows.append(
            (
                PROTOCOLS_IN_TABLES[protocol],
                arm.replace("_", " "),
                marked_title(dataset, one["data"]),
                unit_name(unit, one["units"]),
                f"{one['total_parameters']:,}",
                decimals(theirs[TEST].mean()),
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
