"""The rows of the table of claims."""

from collections.abc import Iterator

import pandas as pd

from reproduce.paired import compare
from reproduce.studies.jozefowicz2015 import paper
from reproduce.studies.jozefowicz2015.claims.table import CLOSE, MATTERS
from reproduce.studies.jozefowicz2015.names import DIAL, TITLES
from reproduce.studies.jozefowicz2015.scores import chosen
from reproduce.study import Results
from reproduce.verdicts import HELD, NOT_HELD, Row, from_interval

GATED = "Gated units beat tanh by far"
FORGET = "The forget gate is the one that matters"
INPUT = "The input gate comes next"
OUTPUT = "The output gate matters least"
BIAS = "A forget bias of 1 helps"
GAP = "A forget bias of 1 closes the gap to the GRU"
MUT1 = "MUT1 at least equals the GRU"
START = "Ours: the bias of the forget gate as a dial"
REACHED = "Ours: reached"

PAIRS = (
    *((GATED, row, "tanh", 0.0) for row in ("lstm_b", "gru", "mut1")),
    (FORGET, "lstm", "lstm_f", 0.0),
    (FORGET, "lstm_i", "lstm_f", 0.0),
    (FORGET, "lstm_o", "lstm_f", 0.0),
    (INPUT, "lstm", "lstm_i", 0.0),
    (OUTPUT, "lstm_o", "lstm_i", 0.0),
    (BIAS, "lstm_b", "lstm", 0.0),
    (GAP, "lstm_b", "gru", -MATTERS),
    (MUT1, "mut1", "gru", -MATTERS),
)
"""Claim, the row that is ahead by it, the other one, and by how much at least."""

ABOVE, BELOW = 0.9, 0.55
BORDERS = {
    "arithmetic_3": {
        "lstm_b": (ABOVE, True),
        "gru": (ABOVE, True),
        "mut1": (ABOVE, True),
        "tanh": (BELOW, False),
    }
}
"""What a row should reach on a task, and whether it should be above or below."""


def paper_rows(results: Results) -> Iterator[Row]:
    """The claims of the paper."""
    frame = chosen(results)
    for dataset, trials in _by_dataset(frame):
        for claim, row, other, border in PAIRS:
            if found := _difference(trials, dataset, row, other, border):
                yield {"claim": claim, **found}


def dial_rows(results: Results) -> Iterator[Row]:
    """Each start of the forget gate's bias against 0, if more than one was tried."""
    frame = chosen(results)
    for dataset, trials in _by_dataset(frame):
        if set(trials["unit"]) <= set(DIAL):
            for row in DIAL[1:]:
                if found := _difference(trials, dataset, row, DIAL[0], 0.0):
                    yield {"claim": START, **found}


def reached_rows(results: Results) -> Iterator[Row]:
    """What we wanted to come out."""
    frame = chosen(results)
    for dataset, trials in _by_dataset(frame):
        means = trials.groupby("unit", sort=False)["test"].agg(["mean", "size"])
        for row, mean, seeds in means.itertuples():
            border = paper.accuracy(dataset, row) - CLOSE
            is_above, is_meant = True, dataset == "xml" and border == border
            if row in BORDERS.get(dataset, {}):
                (border, is_above), is_meant = BORDERS[dataset][row], True
            if is_meant:
                side = "above" if is_above else "below"
                is_reached = mean > border if is_above else mean < border
                yield {
                    "claim": REACHED,
                    "dataset": dataset,
                    "what": f"{TITLES[row]} {side} {border:.3f}",
                    "n": int(seeds),
                    "effect": mean,
                    "paper": paper.accuracy(dataset, row),
                    "verdict": HELD if is_reached else NOT_HELD,
                }


def _by_dataset(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    if not frame.empty:
        for dataset, trials in frame.groupby("dataset", sort=False):
            yield str(dataset), trials


def _difference(
    trials: pd.DataFrame, dataset: str, row: str, other: str, border: float
) -> Row | None:
    """A row ahead of another by more than a border, over the seeds that both have."""
    scores = trials.pivot_table("test", "seed", "unit")
    if not {row, other} <= set(scores):
        return None
    found = compare((scores[row] - scores[other]).dropna().tolist())
    return {
        "dataset": dataset,
        "what": f"{TITLES[row]} minus {TITLES[other]}",
        "n": found.seeds,
        "effect": found.mean,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "paper": paper.accuracy(dataset, row) - paper.accuracy(dataset, other),
        "verdict": from_interval(found.low, found.high, border),
    }
