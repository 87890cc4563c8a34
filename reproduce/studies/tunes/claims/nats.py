"""Claims about the nats per note of held-out tunes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from reproduce.paired import compare
from reproduce.studies.tunes.chosen import chosen_records
from reproduce.studies.tunes.names import CHARACTERS, NGRAM, TOKENS, UNITS
from reproduce.study import Results
from reproduce.verdicts import Row, decided

NATS = "per_note"

TOKENS_WIN = "Tokens beat characters"
GATED = "Gated units beat tanh units"
NETWORKS = "Networks beat the 5-gram"


def nat_rows(results: Results) -> Iterator[Row]:
    """The rows of each data set."""
    names = [record.name for record in chosen_records(results)]
    chosen = results.frame[results.frame["name"].isin(names)]
    frame = chosen.rename(columns={f"test_{NATS}_pooled": "nats"})
    for dataset, trials in frame.groupby("dataset", sort=False):
        name = str(dataset)
        yield _row(
            TOKENS_WIN,
            name,
            "tokens minus characters",
            _difference(trials, "encoding", TOKENS, CHARACTERS),
        )
        for unit in ("lstm", "gru"):
            yield _row(
                GATED,
                name,
                f"{UNITS[unit]} minus tanh",
                _difference(trials, "unit", unit, "tanh"),
            )
        ngram = ngram_nats(results, name)
        for (encoding, unit), of_model in trials.groupby(
            ["encoding", "unit"], sort=False
        ):
            what = f"{UNITS[str(unit)]}, {encoding} minus 5-gram"
            row = _row(NETWORKS, name, what, of_model["nats"] - ngram)
            yield {**row, "ngram": ngram}


def ngram_nats(results: Results, dataset: str) -> float:
    """Nats per note of the n-gram, or NaN."""
    found = [
        baseline[NATS]
        for baseline in results.baselines
        if baseline["dataset"] == dataset and baseline["name"] == NGRAM
    ]
    return float(found[0]) if found else np.nan


def _difference(trials: pd.DataFrame, column: str, one: str, other: str) -> pd.Series:
    """Differences of pairs that differ in a column alone."""
    keys = [key for key in ("encoding", "unit", "seed") if key != column]
    sides = trials.set_index(keys)
    return (
        sides[sides[column] == one]["nats"] - sides[sides[column] == other]["nats"]
    ).dropna()


def _row(claim: str, dataset: str, what: str, differences: pd.Series) -> Row:
    found = compare(differences.tolist())
    return {
        "claim": claim,
        "dataset": dataset,
        "what": f"{what}, nats per note",
        "n": found.seeds,
        "effect": found.mean,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "verdict": decided(found.high < 0, found.low > 0),
    }
