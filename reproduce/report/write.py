"""Writes the report of a sweep into a folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from keras_gated._files import replacing
from reproduce.report.claims import claim_table
from reproduce.report.console import print_results
from reproduce.report.failures import Failure
from reproduce.report.figures import learning_curves, learning_rates
from reproduce.report.names import HEADLINE_ARM, is_speech
from reproduce.report.page import Picture, render_html, render_markdown
from reproduce.report.results import (
    TABLE2_COLUMNS,
    Record,
    check_data,
    choose,
    headline,
    headline_protocol,
    summary,
    trial_table,
)
from reproduce.report.sections import Baseline
from reproduce.sizes import size_table


def write_report(
    records: Iterable[Record],
    baselines: Iterable[Baseline],
    out: Path,
    console: Console,
    failures: Sequence[Failure] = (),
) -> None:
    """Writes tables, figures, `report.md` and `report.html`, and prints the results.

    Args:
        records: The records of all finished trials.
        baselines: What simple models reach on the data for speech.
        out: The output folder.
        console: Where to print.
        failures: The trials that failed.

    Raises:
        ValueError: If there is no record, or one protocol saw two versions of one
            data set.
    """
    records, baselines = list(records), list(baselines)
    if not records:
        raise ValueError(
            "The ledger has no finished trial, so there is nothing to report. "
            "Let one trial finish first."
        )
    check_data(records)
    chosen = choose(records)
    protocol = headline_protocol(records)
    table = summary(chosen)
    claims = claim_table(chosen)
    files = {
        "trials.csv": trial_table(records),
        "table1.csv": size_table(),
        "table2.csv": headline(table, protocol)[list(TABLE2_COLUMNS)],
        "table2_all.csv": table,
        "claims.csv": claims,
    }
    for name, content in files.items():
        _write_csv(content, out / name)
    pictures = _draw(records, chosen, protocol, out)
    text = render_markdown(
        records, chosen, table, claims, baselines, protocol, pictures, failures
    )
    _write_text(text, out / "report.md")
    _write_text(render_html(text, out), out / "report.html")
    print_results(table, console)
    written = [*files, *(p.file for p in pictures), "report.md", "report.html"]
    console.print(f"Written to {out}: {', '.join(written)}", highlight=False)


def _draw(
    records: list[Record], chosen: list[Record], protocol: str, out: Path
) -> list[Picture]:
    pictures = []
    first = lowest_seed(chosen, protocol)
    for file, speech, what in (
        ("figure2.png", False, "music, as in the paper's figure 2"),
        ("figure3.png", True, "speech, as in the paper's figure 3"),
    ):
        shown = [r for r in first if is_speech(r["config"]["dataset"]) == speech]
        if shown:
            learning_curves(shown, out / file)
            pictures.append(Picture.of_curves(file, what, shown))
    if learning_rates(records, out / "learning_rates.png"):
        pictures.append(Picture.of_rates("learning_rates.png"))
    return pictures


def lowest_seed(chosen: Iterable[Record], protocol: str) -> list[Record]:
    """The trials that the learning curves show.

    Args:
        chosen: The trials that `choose` returns.
        protocol: The headline protocol.

    Returns:
        Those as in table 1 with the lowest seed of their data set.
    """
    headline_trials = [
        record
        for record in chosen
        if record["config"]["protocol"] == protocol
        and record["config"]["arm"] == HEADLINE_ARM
    ]
    lowest: dict[str, int] = {}
    for record in headline_trials:
        dataset, seed = record["config"]["dataset"], record["config"]["seed"]
        lowest[dataset] = min(seed, lowest.get(dataset, seed))
    return [
        record
        for record in headline_trials
        if record["config"]["seed"] == lowest[record["config"]["dataset"]]
    ]


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as file:
        table.to_csv(file, index=False)


def _write_text(text: str, path: Path) -> None:
    with replacing(path) as file:
        file.write(text.encode())
