"""Results on the terminal."""

from collections.abc import Iterator

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from reproduce.report.markdown import decimals, spread
from reproduce.studies.chung2014.report.names import (
    HEADLINE_ARM,
    PROTOCOLS,
    is_comparable,
    is_speech,
    title,
    unit_name,
)
from reproduce.studies.chung2014.report.results import seed_means
from reproduce.study import Results

HEADERS = (
    "para-\nmeters",
    "train",
    "valid",
    "test",
    "by se-\nquence",
    "paper\ntrain",
    "paper\ntest",
    "sec-\nonds",
)

CAPTION = (
    "Parameters of the recurrent layer, as in table 1. Rate and epoch chosen by "
    "validation, noise off. Means over seeds, ± standard deviation over seeds; by "
    "sequence: mean over sequences."
)


def summary(results: Results) -> Iterator[RenderableType]:
    """A table for each data set, of the first protocol that has it."""
    table = seed_means(results)
    table = table[table["arm"] == HEADLINE_ARM]
    first = table.groupby("dataset", sort=False)["protocol"].transform("first")
    table = table[table["protocol"] == first]
    for dataset, rows in table.groupby("dataset", sort=False):
        yield _result_table(str(dataset), rows)
    if len(table):
        yield Text(CAPTION, style="italic")


def _result_table(dataset: str, rows: pd.DataFrame) -> Table:
    protocol, data = rows["protocol"].iloc[0], rows["data"].iloc[0]
    heading = (
        f"{title(dataset)}, {PROTOCOLS[protocol]}, {_seeds(rows)}:\n"
        "negative log-likelihood, nats per step"
    )
    if is_speech(dataset):
        heading += (
            f"\n[bold red]The data are {data}, a stand-in: the paper's were never "
            "public[/bold red]"
        )
    elif not is_comparable(dataset, data):
        heading += (
            f"\n[bold red]NOT comparable with the paper: the data are {data}[/bold red]"
        )
    result = Table(
        title=heading, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    result.add_column("unit")
    for header in HEADERS:
        result.add_column(header, justify="right")
    for row in rows.itertuples():
        test = spread(row.test_nll_pooled_mean, row.test_nll_pooled_std)
        result.add_row(
            unit_name(row.unit, row.units),
            f"{row.parameters:,}",
            decimals(row.train_nll_pooled_mean),
            decimals(row.valid_nll_pooled_mean),
            f"[bold]{test.replace(' ± ', '±')}[/bold]",
            decimals(row.test_nll_per_sequence_mean),
            decimals(row.paper_train, 2),
            decimals(row.paper_test, 2),
            f"{row.seconds:.0f}",
        )
    return result


def _seeds(rows: pd.DataFrame) -> str:
    counts = sorted(set(rows["seeds"]))
    plural = "seed" if counts[-1] == 1 else "seeds"
    return f"{' to '.join(map(str, dict.fromkeys((counts[0], counts[-1]))))} {plural}"
