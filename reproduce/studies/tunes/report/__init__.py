"""What the report of the study has beside that of any study."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reproduce.report.markdown import decimals
from reproduce.studies.tunes.chosen import Evidence, Tunes, chosen_records, evidence_of
from reproduce.studies.tunes.claims.nats import NATS, ngram_nats
from reproduce.studies.tunes.judging import FLAGS, NUMBERS
from reproduce.studies.tunes.names import (
    NGRAM,
    TITLES,
    UNITS,
    VOCABULARIES,
    model_name,
)
from reproduce.studies.tunes.report.figures import (
    draw_distances,
    draw_runs,
    draw_shares,
)
from reproduce.study import Picture, Results

LABELS = {"dataset": TITLES, "unit": UNITS, "encoding": VOCABULARIES}

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"

SETTINGS = ("layers", "row", "dropout", "samples", "temperature", "top_p")
"""What all models of a report have in common."""


def check(results: Results) -> None:
    """Refuses results that cannot be set side by side.

    Raises:
        ValueError: If models differ in more than unit, vocabulary and learning rate.
    """
    for name in SETTINGS:
        values = sorted(results.frame[name].unique().tolist())
        if len(values) > 1:
            raise ValueError(
                f"The ledger has trials of different {name}, {values}, which are not "
                "set side by side. Give each a folder of its own with --out."
            )


def models(results: Results) -> pd.DataFrame:
    """The models that validation chooses, means over seeds, beside the n-gram."""
    names = [record.name for record in chosen_records(results)]
    frame = results.frame[results.frame["name"].isin(names)]
    return (
        frame.groupby(["dataset", "encoding", "unit"], sort=False)
        .agg(
            units=("units", "first"),
            parameters=("total_parameters", "first"),
            seeds=("seed", "count"),
            learning_rate=("learning_rate", "first"),
            best_epoch=("best_epoch", "mean"),
            valid_symbol=("valid_nll_pooled", "mean"),
            test_symbol=("test_nll_pooled", "mean"),
            test_note=(f"test_{NATS}_pooled", "mean"),
            test_note_std=(f"test_{NATS}_pooled", "std"),
            test_tune=("test_per_tune_pooled", "mean"),
        )
        .reset_index()
        .assign(
            ngram_note=lambda t: [ngram_nats(results, name) for name in t["dataset"]]
        )
    )


def samples(results: Results) -> pd.DataFrame:
    """What the tunes of each origin are like: shares and means."""
    rows = [
        {
            "dataset": evidence.dataset,
            "origin": origin,
            "tunes": sum(map(len, tunes.judged)),
            **{column: tunes.share(column) for column in (*FLAGS, *NUMBERS)},
        }
        for evidence in evidence_of(results)
        for origin, tunes in origins(evidence).items()
    ]
    return pd.DataFrame(rows, columns=["dataset", "origin", "tunes", *FLAGS, *NUMBERS])


def origins(evidence: Evidence) -> dict[str, Tunes]:
    """Tunes by whose they are: held-out ones, the n-gram's, and those of models."""
    return evidence.beside | {
        model_name(unit, encoding): tunes
        for (encoding, unit), tunes in evidence.models.items()
    }


TABLES = {"models.csv": models, "samples.csv": samples}


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws what the tunes of each origin are like."""
    for evidence in evidence_of(results):
        tunes, title = origins(evidence), TITLES[evidence.dataset]
        if not tunes:
            continue
        file = f"well_formed_{evidence.dataset}.png"
        draw_shares(tunes, out / file)
        yield Picture(
            file,
            "Bars of the share of well-formed tunes by origin, and of what they lack.",
            f"{title}: the share of tunes that are well formed, and what each part of "
            "that comes to.",
        )
        file = f"copied_{evidence.dataset}.png"
        draw_runs(tunes, out / file)
        yield Picture(
            file,
            "Share of tunes against the longest run that a training tune has, a line "
            "for each origin.",
            f"{title}: the share of tunes with a longer copied run, in tokens and, in "
            "any key, in notes.",
        )
        file = f"distances_{evidence.dataset}.png"
        draw_distances(tunes, out / file)
        yield Picture(
            file,
            "Points with intervals: distance to the test tunes by origin.",
            f"{title}: distances of Jensen and Shannon to the test tunes; held-out "
            "tunes are those of validation.",
        )


FIGURES = (draw,)


def summary(results: Results) -> Iterable[Table]:
    """Nats and well-formed tunes of each model, data set by data set."""
    shares = samples(results).set_index(["dataset", "origin"])["well_formed"]
    for dataset, rows in models(results).groupby("dataset", sort=False):
        ngram = decimals(ngram_nats(results, str(dataset)))
        shown = Table(
            title=f"{TITLES[str(dataset)]}: test, {NGRAM} {ngram}",
            title_justify="left",
            box=SIMPLE_HEAD,
        )
        for header in ("model", "units", "parameters", "nats per note", "well formed"):
            shown.add_column(header, justify="right")
        for row in rows.itertuples():
            name = model_name(row.unit, row.encoding)
            shown.add_row(
                name,
                str(row.units),
                f"{row.parameters:,}",
                f"[bold]{decimals(row.test_note)}[/bold]",
                decimals(shares.get((dataset, name), float("nan"))),
            )
        yield shown
