"""A hook of mkdocs: what the studies found about units is read from their results.

A line `<!-- evidence -->` of a page becomes a table for each study whose claims are in
`results/`. So the page says what was found last, and gains a table with a study.
"""

import csv
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

PLACE = "<!-- evidence -->"

CLAIMS = {
    "chung2014": (
        "Gated units do better than tanh",
        "LSTM against GRU is not conclusive",
    ),
    "karpathy2015": ("Gated units beat tanh units",),
    "tunes": ("Gated units beat tanh units", "Models write well-formed tunes"),
    "odyssey2015": (
        "No variant improves on vanilla significantly",
        "Forget gate and output activation matter most",
        "Coupled gates and no peepholes do no harm",
    ),
    "jozefowicz2015": (
        "Gated units beat tanh by far",
        "The forget gate is the one that matters",
        "The input gate comes next",
        "The output gate matters least",
        "Without the output gate it is worse, too",
        "A forget bias of 1 helps",
        "A forget bias of 1 closes the gap to the GRU",
        "MUT1 at least equals the GRU",
        "On music with dropout gates lose",
    ),
    "tang2016": ("The GRU is slightly better than the LSTM",),
}
"""By the folder of the study, in the order of the page, the claims that bear on which
unit to take."""

Row = dict[str, str]


def on_page_markdown(markdown: str, config: MkDocsConfig, **_: Any) -> str:
    """Fills the place of the evidence, if the page has one."""
    if PLACE not in markdown:
        return markdown
    results = Path(config.config_file_path).parent / "results"
    return markdown.replace(PLACE, evidence(results))


def evidence(results: Path) -> str:
    """The tables of all studies that are there.

    Raises:
        ValueError: If a study has no number for any of its claims.
    """
    parts = []
    for study, claims in CLAIMS.items():
        rows = read_claims(results / study)
        if rows is None:
            continue
        found = [
            row
            for claim in claims
            for row in rows
            if row["claim"] == claim and row["effect"]
        ]
        if not found:
            raise ValueError(
                f"{results / study / 'claims.csv'} has no number for any of the "
                f"claims {', '.join(claims)}."
            )
        parts.append(f"### `results/{study}`\n\n" + "\n".join(_tables(found)))
    return "\n".join(parts)


def read_claims(folder: Path) -> list[Row] | None:
    """What a study found, by columns that all studies have; `None` without results.

    Of a study with protocols, what ours found.
    """
    path = folder / "claims.csv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "claim": row["claim"],
            "dataset": row["dataset"],
            "what": row.get("what") or row["comparison"],
            "n": row.get("n") or row["seeds"],
            "effect": row.get("effect") or row.get("mean_difference", ""),
            "low": row.get("low") or row.get("ci95_low", ""),
            "high": row.get("high") or row.get("ci95_high", ""),
            "measure": row.get("measure", ""),
            "verdict": row["verdict"],
        }
        for row in rows
        if row.get("protocol", "ours") == "ours"
    ]


def _tables(rows: list[Row]) -> list[str]:
    """A table for each claim and measure, in the order in which they first come."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        value = f"{float(row['effect']):.3f}"
        if row["low"] and row["high"]:
            value += f" ({float(row['low']):.3f} to {float(row['high']):.3f})"
        data = row["dataset"].replace("_", " ")
        line = f"| {data}, {row['what']} | {value} | {row['verdict']} |"
        groups.setdefault((row["claim"], row["measure"]), []).append(line)
    lines = []
    for about, of_group in groups.items():
        claim = ": ".join(part for part in about if part)
        lines += ["", f"*{claim}*", "", "| | value | verdict |", "|---|---|---|"]
        lines += of_group
    return [*lines, ""]
