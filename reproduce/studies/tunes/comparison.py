"""What the tunes of models are like at different settings of the draw."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from reproduce.report.pictures import save
from reproduce.studies.tunes.beside import asked_headers, judge_held_out
from reproduce.studies.tunes.claims.intervals import Estimate, mean_of
from reproduce.studies.tunes.claims.written import WELL_FORMED
from reproduce.studies.tunes.data import TuneTask
from reproduce.studies.tunes.judging import judge
from reproduce.studies.tunes.names import HELD_OUT
from reproduce.studies.tunes.report.figures import BESIDE, COLOURS
from reproduce.studies.tunes.writers import Writer
from reproduce.studies.tunes.writing import write_tunes

Setting = tuple[float, float]
"""Temperature and `top_p`."""


def compare_settings(
    writers: Mapping[str, Writer],
    task: TuneTask,
    settings: Sequence[Setting],
    samples: int,
    seed: int,
) -> pd.DataFrame:
    """Lets models write tunes at each setting, and judges them.

    Args:
        writers: The models by their names.
        task: Held-out tunes, and training tunes that may be copied.
        settings: Temperatures and `top_p`.
        samples: Tunes that a model writes at a setting.
        seed: Of the draws.

    Returns:
        A row for held-out tunes, and one for each model and setting: the share of
        well-formed tunes, the tokens of a tune, those of its longest run that a
        training tune has, and by how many that is longer than in held-out tunes, as
        means with the ends of their intervals of 95 % over tunes.
    """
    known = judge_held_out(task)
    headers = asked_headers(task, samples)
    rows = [_row(HELD_OUT, None, known, known)]
    for name, writer in writers.items():
        for temperature, top_p in settings:
            written = write_tunes(
                writer.model,
                writer.vocabulary,
                headers,
                writer.longest,
                temperature,
                top_p,
                seed,
            )
            judged = judge(written, headers, task.of("train"))
            rows.append(_row(name, (temperature, top_p), judged, known))
    return pd.DataFrame(rows)


def _row(
    origin: str, setting: Setting | None, judged: pd.DataFrame, known: pd.DataFrame
) -> dict[str, Any]:
    temperature, top_p = setting or (None, None)
    row: dict[str, Any] = {
        "origin": origin,
        "temperature": temperature,
        "top_p": top_p,
        "tunes": len(judged),
    }
    for column in ("well_formed", "tokens", "copied"):
        row |= _columns(column, mean_of([judged[column].dropna().to_numpy(float)]))
    if setting:
        runs = [frame["copied"].dropna().to_numpy(float) for frame in (judged, known)]
        row |= _columns("longer", mean_of(runs[:1], runs[1:]))
    return row


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}


def draw_settings(table: pd.DataFrame, path: Path) -> None:
    """Draws the share of well-formed tunes against the longest copied run."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axis = figure.subplots()
    names = [name for name in table["origin"].unique() if name != HELD_OUT]
    colours = BESIDE | dict(zip(names, COLOURS, strict=False))
    for name, rows in table.groupby("origin", sort=False):
        axis.errorbar(
            rows["copied"],
            100 * rows["well_formed"],
            xerr=_bars(rows, "copied"),
            yerr=100 * _bars(rows, "well_formed"),
            fmt="o",
            color=colours[str(name)],
            label=name,
            linewidth=0.8,
        )
        for row in rows.dropna(subset="temperature").itertuples():
            axis.annotate(
                f"{row.temperature:g}, {row.top_p:g}",
                (row.copied, 100 * row.well_formed),
                (4, 4),
                textcoords="offset points",
                fontsize=7,
            )
    (known,) = table.loc[table["origin"] == HELD_OUT, "copied"]
    axis.axvline(known, color="0.6", linewidth=0.8)
    axis.axhline(100 * WELL_FORMED, color="0.6", linewidth=0.8)
    axis.set_xlabel("longest run of a training tune, tokens in the mean")
    axis.set_ylabel("well-formed tunes, %")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(fontsize=8)
    save(figure, path)


def _bars(rows: pd.DataFrame, column: str) -> Any:
    """How far an interval goes below and above its mean."""
    below, above = rows[f"{column}_low"], rows[f"{column}_high"]
    return pd.DataFrame([rows[column] - below, above - rows[column]]).to_numpy()
