"""What the report of the study has beside that of any study."""

from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from reproduce.report.markdown import decimals
from reproduce.studies.tang2016.names import DIRECTIONS, TITLES, UNITS
from reproduce.studies.tang2016.report.figures import FIGURES
from reproduce.studies.tang2016.tables import TABLES, recognisers
from reproduce.study import Results

__all__ = ["FIGURES", "LABELS", "TABLES", "TEMPLATE", "summary"]

LABELS = {"dataset": TITLES, "unit": UNITS, "direction": DIRECTIONS}

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"


def summary(results: Results) -> Iterable[Table]:
    """Errors on the test sentences, data set by data set."""
    for dataset, rows in recognisers(results).groupby("dataset", sort=False):
        shown = Table(
            title=f"{TITLES[str(dataset)]}: errors on test sentences",
            title_justify="left",
            box=SIMPLE_HEAD,
        )
        for header in ("unit", "way", "shortcuts", "parameters", "frames", "phones"):
            shown.add_column(header, justify="right")
        for row in rows.itertuples():
            frames = getattr(row, "test_frame_error", float("nan"))
            phones = getattr(row, "test_phone_error", float("nan"))
            shown.add_row(
                UNITS[row.unit],
                DIRECTIONS[row.direction],
                "yes" if row.shortcuts else "no",
                f"{row.parameters:,}",
                decimals(frames),
                f"[bold]{decimals(phones)}[/bold]",
            )
        yield shown
