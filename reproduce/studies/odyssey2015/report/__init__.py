"""What the report of the study has beside that of any study."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reproduce.report.markdown import (
    decimals,
    interval,
    markdown_table,
    probability,
    signed,
)
from reproduce.studies.odyssey2015.analysis.claims import CLAIMS
from reproduce.studies.odyssey2015.analysis.scores import shared_draws
from reproduce.studies.odyssey2015.names import TITLES, VARIANTS, title
from reproduce.studies.odyssey2015.paper import BEST, TRIALS
from reproduce.studies.odyssey2015.report.figures import draw_boxes, draw_shares
from reproduce.studies.odyssey2015.report.rate_figures import (
    draw_rate_curves,
    draw_surfaces,
)
from reproduce.studies.odyssey2015.report.search import Search
from reproduce.study import Picture, Results

LABELS = {"dataset": TITLES, "variant": VARIANTS}

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"


def check(results: Results) -> None:
    """Refuses results that cannot be set side by side.

    Raises:
        ValueError: If a set has no vanilla, or two versions of the data.
    """
    Search.of(results).check()


def best_tenths(results: Results) -> pd.DataFrame:
    """The scores of the best tenth of each variant, and Welch's test."""
    return Search.of(results).best


def importance(results: Results) -> pd.DataFrame:
    """The share of the variance that each setting explains."""
    return Search.of(results).importance


TABLES = {"best_tenth.csv": best_tenths, "importance.csv": importance}


def claims(results: Results) -> pd.DataFrame:
    """The paper's claims with our evidence."""
    return Search.of(results).claims


def draw(results: Results, out: Path) -> Iterator[Picture]:
    """Draws all figures for which there is enough to show."""
    search = Search.of(results)
    draw_boxes(search.trials, out / "figure3.png", search.scores)
    yield Picture(
        "figure3.png",
        "Box plots of the test scores of the best tenth of each variant by validation, "
        "with the number of parameters behind them.",
        "The best tenth of each variant by validation, as in the paper's figure 3.",
    )
    if draw_rate_curves(search.forests, out / "figure4.png", search.scores):
        yield Picture(
            "figure4.png",
            "Test score against learning rate: what a forest predicts on average, for "
            "all sizes and for small, middle and large networks.",
            "What the forest of all variants predicts by learning rate, as in the "
            "paper's figure 4; on the right by size.",
        )
    if draw_surfaces(search.forests, out / "figure5.png", search.scores):
        yield Picture(
            "figure5.png",
            "Maps of the predicted test score by learning rate and size.",
            "Learning rate and size together.",
        )
    if draw_shares(search.importance, out / "shares.png"):
        yield Picture(
            "shares.png",
            "Bars of the share of the variance of the test score that each setting "
            "explains, ours and the paper's.",
            "Shares of the variance, as in the paper's figure 5.",
        )


FIGURES = (draw,)


def page(results: Results) -> Mapping[str, Any]:
    """What the template shows beside that of any study."""
    search = Search.of(results)
    found = search.claims
    return {
        "paper_trials": TRIALS,
        "paper_best": BEST,
        "draws": _draws(shared_draws(search.trials)),
        "best_table": _best_rows(search.best),
        "share_table": _share_rows(search.importance),
        "claim_tables": {
            claim: _claim_rows(found[found["claim"] == claim]) for claim in CLAIMS
        },
    }


def _draws(trials: pd.DataFrame) -> str:
    counts = trials.groupby(["dataset", "variant"]).size().groupby("dataset").max()
    return markdown_table(
        ("data set", "draws with every variant"),
        [(title(str(name)), str(count)) for name, count in counts.items()],
    )


def _best_rows(table: pd.DataFrame) -> str:
    headers = (
        "data set",
        "variant",
        "trials",
        "best",
        "mean",
        "median",
        "lowest",
        "minus vanilla",
        "95 %",
        "p, Bonferroni",
        "parameters",
        "paper, mean",
        "paper, lowest",
    )
    rows = [
        (
            title(row.dataset),
            row.variant,
            str(row.trials),
            str(row.best),
            f"**{decimals(row.mean)}**",
            decimals(row.median),
            decimals(row.minimum),
            signed(row.difference),
            interval(row.difference_low, row.difference_high),
            probability(row.p_bonferroni),
            f"{row.total_parameters:,.0f}",
            decimals(row.paper_mean),
            decimals(row.paper_minimum),
        )
        for row in table.itertuples()
    ]
    return markdown_table(headers, rows)


def _share_rows(table: pd.DataFrame) -> str:
    shown = table[table["share"].notna()]
    headers = ("data set", "variants", "setting", "share of the variance", "paper")
    rows = [
        (
            title(row.dataset),
            row.variant,
            row.factor.replace("_", " "),
            row.shown,
            "" if pd.isna(row.paper_share) else f"{100 * row.paper_share:.0f} %",
        )
        for row in shown.itertuples()
    ]
    return markdown_table(headers, rows) if rows else ""


def _claim_rows(rows: pd.DataFrame) -> str:
    headers = (
        "data set",
        "comparison",
        "measure",
        "n",
        "effect",
        "95 %",
        "test",
        "p",
        "p, adjusted",
        "paper",
        "verdict",
        "note",
    )
    cells = [
        (
            title(row.dataset),
            row.comparison,
            row.measure,
            str(row.n),
            signed(row.effect),
            interval(row.low, row.high),
            row.test,
            probability(row.p_value),
            probability(row.p_adjusted),
            str(row.paper),
            f"**{row.verdict}**",
            row.note,
        )
        for row in rows.itertuples()
    ]
    return markdown_table(headers, cells) if cells else ""


def summary(results: Results) -> Iterable[Table]:
    """The best tenths of each set for the terminal."""
    table = best_tenths(results)
    for dataset, rows in table.groupby("dataset", sort=False):
        shown = Table(
            title=f"{title(str(dataset))}: the best tenth by validation, "
            f"{rows['trials'].min()} draws",
            title_justify="left",
            box=SIMPLE_HEAD,
        )
        shown.add_column("variant")
        for header in ("test, mean", "lowest", "minus V", "parameters", "paper, mean"):
            shown.add_column(header, justify="right")
        for row in rows.itertuples():
            shown.add_row(
                row.variant,
                f"[bold]{decimals(row.mean)}[/bold]",
                decimals(row.minimum),
                signed(row.difference),
                f"{row.total_parameters:,.0f}",
                decimals(row.paper_mean),
            )
        yield shown
