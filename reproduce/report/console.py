"""Results on the terminal."""

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from reproduce.report.names import (
    HEADLINE_ARM,
    PROTOCOLS,
    decimals,
    is_comparable,
    is_speech,
    spread,
    title,
)
from reproduce.report.results import in_order
from reproduce.report.tables import unit_name

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


def print_results(table: pd.DataFrame, console: Console) -> None:
    """Prints a table for each data set, of the first protocol that has it.

    Args:
        table: What `reproduce.report.results.summary` returns.
        console: Where to print.
    """
    table = in_order(table[table["arm"] == HEADLINE_ARM])
    first = table.groupby("dataset", sort=False)["protocol"].transform("first")
    table = table[table["protocol"] == first]
    for dataset, rows in table.groupby("dataset", sort=False):
        console.print(_result_table(str(dataset), rows))
    if len(table):
        console.print(CAPTION, style="italic")


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
