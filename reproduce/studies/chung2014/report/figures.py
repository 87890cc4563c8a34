"""The paper's figures 2 and 3, and how the result depends on the learning rate."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from reproduce.report.pictures import save
from reproduce.studies.chung2014.report.drawing import learning_curves, learning_rates
from reproduce.studies.chung2014.report.names import (
    DATASETS,
    HEADLINE_ARM,
    NAMES,
    STUDIED,
    is_speech,
    title,
)
from reproduce.studies.chung2014.report.penalties import penalty_figure
from reproduce.studies.chung2014.report.results import (
    choose,
    headline,
    headline_protocol,
)
from reproduce.study import Picture, Results


def figure2(results: Results, folder: Path) -> list[Picture]:
    """Draws learning curves on music."""
    return _curves(results, folder, 2, "music")


def figure3(results: Results, folder: Path) -> list[Picture]:
    """Draws learning curves on speech."""
    return _curves(results, folder, 3, "speech")


def _curves(results: Results, folder: Path, number: int, kind: str) -> list[Picture]:
    chosen = choose(results)
    rows = lowest_seed(headline(chosen.frame, headline_protocol(results.frame)))
    rows = rows[rows["dataset"].map(is_speech) == (kind == "speech")]
    if rows.empty:
        return []
    shown = replace(results, records=[chosen.records[i] for i in rows.index])
    file = f"figure{number}.png"
    save(learning_curves(shown), folder / file)
    units = [NAMES[unit] for unit in NAMES if unit in set(rows["unit"])]
    datasets = [title(name) for name in DATASETS if name in set(rows["dataset"])]
    seeds = sorted(set(map(str, rows["seed"])))
    return [
        Picture(
            file,
            f"Learning curves of {', '.join(units)} on {', '.join(datasets)}: negative "
            "log-likelihood against epochs on the left and against wall-clock seconds "
            "on the right.",
            f"Learning curves on {kind}, as in the paper's figure {number}; seed "
            f"{' and '.join(seeds)}. Thick: validation. Dotted: training, with weight "
            "noise on. The scale leaves out the steep first epochs, and is logarithmic "
            "where all values are positive.",
        )
    ]


def lowest_seed(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials that the learning curves show: the lowest seed of each data set."""
    return trials[trials["seed"] == trials.groupby("dataset")["seed"].transform("min")]


def rates(results: Results, folder: Path) -> list[Picture]:
    """Draws scores against learning rates, if a protocol tried more than one."""
    trials = several_rates(results.frame)
    if trials.empty:
        return []
    path = folder / "learning_rates.png"
    save(learning_rates(trials), path)
    return [
        Picture(
            path.name,
            "Best validation negative log-likelihood against the learning rate, a "
            "curve for each unit and seed, a panel for each protocol and data set.",
            "Validation NLL at the best epoch against the learning rate, one line for "
            "each seed.",
        )
    ]


def several_rates(trials: pd.DataFrame) -> pd.DataFrame:
    """Those as in table 1 whose protocol tried more than one rate on their data set."""
    is_shown = (trials["arm"] == HEADLINE_ARM) & ~trials["protocol"].isin(STUDIED)
    table1 = trials[is_shown]
    tried = table1.groupby(["protocol", "dataset"])["candidate"].transform("nunique")
    return table1[tried > 1]


FIGURES = (figure2, figure3, rates, penalty_figure)
