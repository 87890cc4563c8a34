"""What a search found: for each data set and unit what validation chooses."""

import pandas as pd

from reproduce.report.markdown import decimals, markdown_table, short
from reproduce.studies.chung2014.report.names import (
    in_order,
    marked_title,
    unit_name,
)
from reproduce.studies.chung2014.report.penalties import kind_of, penalty_name
from reproduce.studies.chung2014.trial import SEARCHED
from reproduce.study import Results

VALID, TEST = "valid_nll_pooled", "test_nll_pooled"
SETTINGS = {
    "batch": "recipe.batch_size",
    "window": "recipe.window",
    "weight_noise": "recipe.weight_noise",
    "learned_noise": "recipe.learned_noise",
    "L2": "recipe.l2",
    "decoupled_decay": "recipe.weight_decay",
    "dropout": "recipe.dropout",
    "averaging": "recipe.averaging",
    "epochs": "max_epochs",
}
"""What is searched beside the learning rate, by its name in tables."""

COLUMNS = [
    *("dataset", "data", "unit", "units", "trials", "ended_early"),
    *("valid_median", "valid", "test", "learning_rate", *SETTINGS),
]


def search_table(results: Results) -> pd.DataFrame:
    """One row for each set and unit: how many trials, and the best one by validation.

    `valid_median` is the middle score of its trials; of those that ended early it is
    what they had reached.
    """
    frame = results.frame
    frame = frame[frame["protocol"] == SEARCHED]
    if frame.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows = [_row(trials) for _, trials in frame.groupby(["dataset", "unit"])]
    table = pd.DataFrame(rows, columns=COLUMNS).dropna(subset="valid")
    return in_order(table, ["dataset", "unit"]).reset_index(drop=True)


def _row(trials: pd.DataFrame) -> dict[str, object]:
    best = trials.sort_values(VALID).iloc[0]
    is_pruned = (trials["epochs"] == trials.get("prune_epoch", 0)) & (
        trials["epochs"] < trials["max_epochs"]
    )
    return {
        **{name: best[name] for name in ("dataset", "data", "unit", "units")},
        "trials": len(trials),
        "ended_early": int(is_pruned.sum()),
        "valid_median": trials[VALID].median(),
        "valid": best[VALID],
        "test": best[TEST],
        "learning_rate": best["learning_rate"],
        **{name: best[column] for name, column in SETTINGS.items()},
    }


def search_rows(table: pd.DataFrame) -> str:
    """The same in Markdown; nothing if there was no search."""
    if table.empty:
        return ""
    headers = (
        *("data set", "unit", "trials", "ended early", "valid, middle trial"),
        *("valid", "test", "rate", "batch", "window", "weight noise"),
        *("penalty", "dropout", "averaging", "epochs"),
    )
    rows = [
        (
            marked_title(row.dataset, row.data),
            unit_name(row.unit, row.units),
            str(row.trials),
            str(row.ended_early),
            *(decimals(score) for score in (row.valid_median, row.valid, row.test)),
            short(row.learning_rate),
            str(row.batch),
            str(row.window or "whole"),
            _noise(row.weight_noise, row.learned_noise),
            penalty_name(
                kind_of(row.L2, row.decoupled_decay), row.L2 + row.decoupled_decay
            ),
            f"{row.dropout:g}",
            f"{row.averaging:g}",
            str(row.epochs),
        )
        for row in table.itertuples()
    ]
    return markdown_table(headers, rows)


def _noise(stddev: float, is_learned: bool) -> str:
    return f"{short(stddev)}{', learned' if is_learned else ''}" if stddev else "none"
