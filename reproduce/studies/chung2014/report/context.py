"""The tables of a report that set our results beside published ones."""

import math
from typing import Any

import pandas as pd

from reproduce.report.datasets import CANONICAL
from reproduce.report.markdown import (
    NO_VALUE,
    decimals,
    interval,
    markdown_table,
    probability,
    signed,
)
from reproduce.studies.chung2014.literature import (
    FIGURE2_ENDS,
    PUBLISHED,
    implied_by_figure2,
)
from reproduce.studies.chung2014.paper import PAPER_NLL
from reproduce.studies.chung2014.report.claims import (
    ALL,
    CLAIMS,
    SECONDS,
    UPDATES,
    verdicts,
)
from reproduce.studies.chung2014.report.names import (
    MUSIC_IN_TABLES,
    NAMES,
    PROTOCOLS_IN_TABLES,
    marked_title,
    title,
)

UNRESOLVED = ("nottingham", "musedata", "piano_midi_de")
"""Sets of which table 2 does not follow from figure 2, or gives unlikely numbers."""


def literature_table(table: pd.DataFrame) -> str:
    """Published test NLLs on music, our own in the first rows.

    Args:
        table: The rows of the headline protocol.

    Returns:
        The table in Markdown.
    """
    rows = []
    music = table[table["dataset"].isin(MUSIC_IN_TABLES)]
    for unit, of_unit in music.groupby("unit", sort=False):
        data = of_unit.set_index("dataset")
        scores = data["test_nll_pooled_mean"].to_dict()
        others = [title(name) for name in scores if data.loc[name, "data"] != CANONICAL]
        note = f"other data for {', '.join(others)}: NOT comparable" if others else ""
        rows.append(_published(f"**{NAMES[unit]}**", "here", scores, note))
    for unit, name in NAMES.items():
        scores = {dataset: PAPER_NLL[dataset][unit][1] for dataset in MUSIC_IN_TABLES}
        rows.append(_published(name, "Chung et al. 2014, table 2", scores, ""))
    for method in PUBLISHED:
        row = _published(method.method, method.source, method.nll, method.note)
        rows.append(row)
    headers = ("method", "source", *map(title, MUSIC_IN_TABLES), "note")
    return markdown_table(headers, rows)


def _published(
    method: str, source: str, nll: dict[str, float], note: str
) -> tuple[str, ...]:
    scores = (
        _two_or_three_decimals(nll.get(name, math.nan)) for name in MUSIC_IN_TABLES
    )
    return (method, source, *scores, note)


def _two_or_three_decimals(value: float) -> str:
    return decimals(value).removesuffix("0")


def verdict_table(claims: pd.DataFrame) -> str:
    """The verdicts on each claim, with a column for each protocol.

    Args:
        claims: What `claims.claim_table` returns.

    Returns:
        The table in Markdown; an empty text if no claim could be tested.
    """
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for claim, protocol, comparison, measure, verdict in verdicts(claims):
        about = (claim, comparison, measure.removeprefix("log ratio of "))
        cells.setdefault(about, {})[protocol] = verdict
    shown = [name for name in PROTOCOLS_IN_TABLES if name in set(claims["protocol"])]
    rows = [
        (*about, *(by_protocol.get(name, NO_VALUE) for name in shown))
        for about, by_protocol in cells.items()
    ]
    by_protocol = (f"protocol: {PROTOCOLS_IN_TABLES[name]}" for name in shown)
    headers = ("claim", "comparison", "measured by", *by_protocol)
    return markdown_table(headers, rows) if rows else ""


def claim_sections(claims: pd.DataFrame, data: dict[str, str]) -> list[dict[str, str]]:
    """The evidence for each claim.

    Args:
        claims: What `claims.claim_table` returns.
        data: By data set, what was trained on.

    Returns:
        For each claim its `title` and the `evidence` as a table in Markdown.
    """
    sections = []
    for claim in CLAIMS:
        rows = claims[claims["claim"] == claim]
        evidence = [
            _evidence(row, data) for row in rows.itertuples() if row.dataset != ALL
        ]
        headers = (
            "protocol",
            "data set",
            "comparison",
            "measured as",
            "seeds",
            "mean",
            "95 % confidence",
            "p",
            "p, Holm",
            "verdict",
        )
        sections.append(
            {
                "title": claim,
                "evidence": markdown_table(headers, evidence) if evidence else "",
            }
        )
    return sections


def _evidence(row: Any, data: dict[str, str]) -> tuple[str, ...]:
    if row.measure in (UPDATES, SECONDS):
        measure = row.measure.removeprefix("log ").split(" until")[0]
        mean = decimals(math.exp(row.mean_difference))
        low, high = math.exp(row.ci95_low), math.exp(row.ci95_high)
        confidence = NO_VALUE if math.isnan(low) else f"{low:.3f} to {high:.3f}"
    else:
        measure = "difference of test NLL"
        mean = signed(row.mean_difference)
        confidence = interval(row.ci95_low, row.ci95_high)
    return (
        PROTOCOLS_IN_TABLES[row.protocol],
        marked_title(row.dataset, data[row.dataset]),
        row.comparison,
        measure,
        str(row.seeds),
        mean,
        confidence,
        probability(row.p_value),
        probability(row.p_holm),
        row.verdict,
    )


def figure2_table(table: pd.DataFrame) -> str:
    """What figure 2 implies, what table 2 says, and ours in both averages.

    Args:
        table: The rows of the headline protocol.

    Returns:
        The table in Markdown.
    """
    ours = {(row.dataset, row.unit): row for row in table.itertuples()}
    headers = (
        "data set",
        "unit",
        "figure 2, train",
        "table 2, train",
        "ours, train",
        "figure 2, valid",
        "the same by sequence",
        "table 2, test",
        "ours, valid",
        "ours, test",
        "ours, test by sequence",
        "table 2 reached",
    )
    rows = []
    for dataset in UNRESOLVED:
        for unit, name in NAMES.items():
            row = ours.get((dataset, unit))
            shown = dataset in FIGURE2_ENDS
            figure = implied_by_figure2(dataset, unit) if shown else {}
            train, test = PAPER_NLL[dataset][unit]
            valid = figure.get("valid", math.nan)
            pooled = _mean(row, "valid_nll_pooled")
            data = CANONICAL if row is None else row.data
            by_sequence = math.nan
            if data == CANONICAL:
                by_sequence = valid * _mean(row, "valid_nll_per_sequence") / pooled
            rows.append(
                (
                    marked_title(dataset, data),
                    name,
                    decimals(figure.get("train", math.nan), 2),
                    decimals(train, 2),
                    decimals(_mean(row, "train_nll_pooled")),
                    decimals(valid, 2),
                    decimals(by_sequence, 2),
                    decimals(test, 2),
                    decimals(pooled),
                    decimals(_mean(row, "test_nll_pooled")),
                    decimals(_mean(row, "test_nll_per_sequence")),
                    _reached(row, test) if data == CANONICAL else NO_VALUE,
                )
            )
    return markdown_table(headers, rows)


def _reached(row: Any | None, printed: float) -> str:
    """In which averages ours is as low as what the paper prints with two decimals."""
    if row is None:
        return NO_VALUE
    averages = {
        "pooled": _mean(row, "test_nll_pooled"),
        "by sequence": _mean(row, "test_nll_per_sequence"),
    }
    if all(map(math.isnan, averages.values())):
        return NO_VALUE
    reached = [name for name, ours in averages.items() if round(ours, 2) <= printed]
    return ", ".join(reached) or "no"


def _mean(row: Any | None, name: str) -> float:
    return math.nan if row is None else getattr(row, f"{name}_mean")
