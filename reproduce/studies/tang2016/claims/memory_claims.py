"""Claims about the memory of models, by what they left."""

from collections.abc import Iterator

import pandas as pd

from reproduce.studies.tang2016.claims.paired_rows import paired_row
from reproduce.studies.tang2016.tables import (
    activation_table,
    half_life_table,
    response_table,
    smoothness_table,
)
from reproduce.study import Results
from reproduce.verdicts import Row

EXTREMES = "LSTM cells pile up at the extremes in higher layers, a GRU spreads"
RESPONDS = "Units of an LSTM respond to phones more strongly"
SMOOTH = "The GRU moves more smoothly"
FORGETS = "The GRU forgets noise faster"


def memory_rows(results: Results) -> Iterator[Row]:
    """The rows of each data set, of models without shortcuts."""
    yield from _extreme_rows(_plain(activation_table(results)))
    responses = _plain(response_table(results))
    for threshold in (0.8, 0.5):
        column = f"units_at_{threshold}"
        what = f"units for each phone above {threshold:.0%} of their maximum"
        yield from _lstm_less_gru(RESPONDS, responses, column, what)
    yield from _lstm_less_gru(
        SMOOTH, _plain(smoothness_table(results)), "step_length", "length of a step"
    )
    half_lives = _plain(half_life_table(results))
    if half_lives.empty:
        return
    for (kind, level), rows in half_lives.groupby(["noise", "level"], sort=False):
        yield from _lstm_less_gru(
            FORGETS, rows, "half_life", f"half-life in frames, {kind} at {level} dB"
        )


def _extreme_rows(table: pd.DataFrame) -> Iterator[Row]:
    if table.empty:
        return
    for dataset, rows in table[table["unit"] == "lstm"].groupby("dataset", sort=False):
        by_layer = rows.pivot(index="seed", columns="layer", values="extreme_share")
        if by_layer.shape[1] > 1:
            differences = by_layer.iloc[:, -1] - by_layer.iloc[:, 0]
            yield paired_row(
                EXTREMES,
                str(dataset),
                "share above 0.9, LSTM, last less first layer",
                differences.tolist(),
            )
    yield from _lstm_less_gru(EXTREMES, table, "extreme_share", "share above 0.9")


def _lstm_less_gru(
    claim: str, table: pd.DataFrame, column: str, what: str
) -> Iterator[Row]:
    """A row for each layer."""
    if table.empty:
        return
    for (dataset, layer), rows in table.groupby(["dataset", "layer"], sort=False):
        values = rows.pivot(index="seed", columns="unit", values=column)
        if {"lstm", "gru"} <= set(values):
            pairs = values[["lstm", "gru"]].dropna()
            differences = (pairs["lstm"] - pairs["gru"]).tolist()
            name = f"{what}, layer {layer}, LSTM less GRU"
            yield paired_row(claim, str(dataset), name, differences)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    return table if table.empty else table[~table["shortcuts"]]
