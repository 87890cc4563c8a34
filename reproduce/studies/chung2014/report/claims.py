"""The paper's claims, tested on the trials that validation chooses.

Differences are paired over seeds within a protocol and a data set, with the models of
table 1. The p values of one comparison are adjusted over the data sets by Holm's
method; confidence intervals are not adjusted.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproduce.paired import SIGNIFICANCE, compare, holm
from reproduce.record import Record
from reproduce.studies.chung2014.report.names import (
    HEADLINE_ARM,
    NAMES,
    STUDIED,
    in_order,
)
from reproduce.studies.chung2014.report.results import choose, protocols
from reproduce.studies.chung2014.trial import Trial
from reproduce.study import Results

BETTER = "Gated units do better than tanh"
FASTER = "The GRU converges faster"
INCONCLUSIVE = "LSTM against GRU is not conclusive"
CLAIMS = (BETTER, FASTER, INCONCLUSIVE)

HOLDS = "holds here"
FAILS = "does not hold here"
UNDECIDED = "not decided"
ONE_SEED = "not decided: one seed"

ALL = "all"
"""Stands for the data set in the row that sums up all of them."""

TEST_NLL = "test NLL, pooled over steps"
LOG_RATIO = "log ratio of {} until validation first reaches the common target"
UPDATES, SECONDS = LOG_RATIO.format("updates"), LOG_RATIO.format("seconds")

COLUMNS = (
    "claim",
    "protocol",
    "dataset",
    "comparison",
    "seeds",
    "mean_difference",
    "ci95_low",
    "ci95_high",
    "p_value",
    "p_holm",
    "verdict",
    "measure",
)

Difference = Callable[[Record, Record], float]


@dataclass(frozen=True)
class Question:
    """One comparison of two units that a claim makes.

    Args:
        claim: The claim.
        first: The unit of which the claim speaks.
        second: The unit it is compared with.
        measure: What is measured, in words.
        difference: Gives the first unit's value minus the second's; less is better.
    """

    claim: str
    first: str
    second: str
    measure: str
    difference: Difference

    @property
    def comparison(self) -> str:
        """The comparison in words."""
        sign = "/" if self.claim == FASTER else "minus"
        return f"{NAMES[self.first]} {sign} {NAMES[self.second]}"


def nll_difference(first: Record, second: Record) -> float:
    """The difference of the test NLLs."""
    return first.score("nll", "test") - second.score("nll", "test")


def log_ratio(quantity: str) -> Difference:
    """Compares how much of a quantity two trials need to reach a common target.

    The target is the worse one of their best validation scores, which both reach.

    Args:
        quantity: `"updates"` or `"seconds"`, a key of the history.

    Returns:
        A function from two trials to the logarithm of the ratio of what they need.
    """

    def difference(first: Record, second: Record) -> float:
        pair = (first, second)
        scores = [_valid_scores(record) for record in pair]
        target = max(float(score.min()) for score in scores)
        if not math.isfinite(target):
            return math.nan
        needed = [
            np.cumsum(record.history[quantity])[np.argmax(score <= target)]
            for record, score in zip(pair, scores, strict=True)
        ]
        return float(np.log(needed[0] / needed[1]))

    return difference


def _valid_scores(record: Record) -> np.ndarray:
    scores = np.array(record.history["valid_nll"] or [math.nan])
    return np.where(np.isnan(scores), math.inf, scores)


QUESTIONS = (
    *(
        Question(BETTER, unit, "tanh", TEST_NLL, nll_difference)
        for unit in ("lstm", "gru")
    ),
    *(
        Question(FASTER, "gru", other, measure, log_ratio(quantity))
        for other in ("lstm", "tanh")
        for quantity, measure in (("updates", UPDATES), ("seconds", SECONDS))
    ),
    Question(INCONCLUSIVE, "lstm", "gru", TEST_NLL, nll_difference),
)


def claim_table(results: Results) -> pd.DataFrame:
    """Tests every claim in every protocol on every data set.

    Trials of a search and those that compare penalties have one seed and differ in
    more than the unit: they test nothing.

    Args:
        results: All finished trials.

    Returns:
        One row for each comparison and data set with at least one seed of both
        units, and for the last claim a row over all data sets of a protocol.
    """
    chosen = choose(results)
    trials = chosen.frame[[*Trial.cell, "seed"]].assign(record=chosen.records)
    trials = in_order(trials[trials["arm"] == HEADLINE_ARM], ["dataset", "seed"])
    tables = [
        _answer(question, trials[trials["protocol"] == protocol])
        for question in QUESTIONS
        for protocol in protocols(trials)
        if protocol not in STUDIED
    ]
    tables = [table for table in tables if len(table)]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def _answer(question: Question, trials: pd.DataFrame) -> pd.DataFrame:
    """Tests one comparison on the trials of one protocol, with their records."""
    first = trials[trials["unit"] == question.first]
    second = trials[trials["unit"] == question.second]
    pairs = first.merge(second, on=["protocol", "dataset", "seed"])
    rows = []
    for (protocol, dataset), of_set in pairs.groupby(
        ["protocol", "dataset"], sort=False
    ):
        records = zip(of_set["record_x"], of_set["record_y"], strict=True)
        found = compare([question.difference(*pair) for pair in records])
        if found.seeds:
            rows.append(
                {
                    "claim": question.claim,
                    "protocol": protocol,
                    "dataset": dataset,
                    "comparison": question.comparison,
                    "seeds": found.seeds,
                    "mean_difference": found.mean,
                    "ci95_low": found.low,
                    "ci95_high": found.high,
                    "p_value": found.p_value,
                    "measure": question.measure,
                }
            )
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p_value"].tolist())
    judge = _judge_tie if question.claim == INCONCLUSIVE else _judge
    pairs = zip(table["p_holm"], table["mean_difference"], strict=True)
    table["verdict"] = [judge(p_value, mean) for p_value, mean in pairs]
    if question.claim == INCONCLUSIVE:
        whole = table.iloc[[0]].assign(
            dataset=ALL,
            seeds=table["seeds"].min(),
            verdict=judge_all(table),
            **dict.fromkeys(
                ("mean_difference", "ci95_low", "ci95_high", "p_value", "p_holm"),
                math.nan,
            ),
        )
        table = pd.concat([table, whole], ignore_index=True)
    return table


def _judge(p_value: float, mean: float) -> str:
    if math.isnan(p_value):
        return ONE_SEED
    if p_value >= SIGNIFICANCE:
        return UNDECIDED
    return HOLDS if mean < 0 else FAILS


def _judge_tie(p_value: float, mean: float) -> str:
    if math.isnan(p_value):
        return ONE_SEED
    if p_value >= SIGNIFICANCE:
        return "no difference shown"
    return "LSTM better" if mean < 0 else "GRU better"


def judge_all(table: pd.DataFrame) -> str:
    """Whether one unit is not better throughout: the claim about LSTM and GRU.

    Args:
        table: The rows of the data sets.

    Returns:
        That the claim holds if the data sets with two seeds or more disagree about
        the sign, or not all are significant.
    """
    tested = table[table["p_holm"].notna()]
    if tested.empty:
        return ONE_SEED
    agree = (tested["mean_difference"] < 0).nunique() == 1
    return FAILS if agree and (tested["p_holm"] < SIGNIFICANCE).all() else HOLDS


def verdicts(table: pd.DataFrame) -> Iterator[tuple[str, str, str, str, str]]:
    """Sums up the verdicts of each comparison.

    Yields:
        Claim, protocol, comparison, measure and the verdict over all data sets.
    """
    by = ["claim", "protocol", "comparison", "measure"]
    for (claim, protocol, comparison, measure), rows in table.groupby(by, sort=False):
        whole = rows[rows["dataset"] == ALL]
        if len(whole):
            text = whole["verdict"].iloc[0]
        else:
            counts = rows["verdict"].value_counts(sort=False)
            text = ", ".join(
                f"{verdict} in {count} of {len(rows)}"
                for verdict, count in counts.items()
            )
        yield claim, protocol, comparison, measure, text
