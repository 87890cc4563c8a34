"""The claims about hyper-parameters, judged by their shares of the variance."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from reproduce.studies.odyssey2015 import paper
from reproduce.studies.odyssey2015.analysis.factors import FACTOR_TITLES
from reproduce.studies.odyssey2015.analysis.importance import BEYOND
from reproduce.studies.odyssey2015.analysis.table import APART, RATE_RULES
from reproduce.studies.odyssey2015.names import ALL
from reproduce.studies.odyssey2015.paper import HIGHER_ORDER
from reproduce.verdicts import HELD, NOT_HELD, UNDECIDED, Row

MOST = 0.5
NOTHING = 0.05
SMALL = 0.1
SMALL_REST = 0.2
"""The largest such share in the paper, of which it says the same."""

LEAST_DRAWS = 60

MEASURE = "share of the variance"
TEST = "95 % of the trees, each on draws of its own"

RATE_AND_SIZE = BEYOND.join(("learning_rate", "units"))

QUESTIONS = (
    (RATE_RULES, "learning_rate", MOST, True),
    (RATE_RULES, "one_minus_momentum", NOTHING, False),
    (APART, RATE_AND_SIZE, SMALL, False),
    (APART, HIGHER_ORDER, SMALL_REST, False),
)
"""The claim, the part of the variance, the limit, and whether it is to lie above it."""

TITLES = {
    **FACTOR_TITLES,
    "one_minus_momentum": "momentum",
    RATE_AND_SIZE: "interaction of learning rate and units",
    HIGHER_ORDER: "all interactions",
}


def factor_rows(importance: pd.DataFrame) -> Iterator[Row]:
    """Judges the claims by the forests of all variants together.

    Args:
        importance: What `importance_table` returns.

    Yields:
        A row for each set and question.
    """
    pooled = importance[importance["variant"] == ALL]
    for claim, factor, limit, above in QUESTIONS:
        for dataset, of_set in pooled.groupby("dataset", sort=False):
            of_factor = of_set[of_set["factor"] == factor]
            # Without a forest the one row of a set says why.
            found = next((of_factor if len(of_factor) else of_set).itertuples())
            too_few = claim == APART and found.draws < LEAST_DRAWS
            yield {
                "claim": claim,
                "dataset": dataset,
                "comparison": TITLES[factor],
                "measure": MEASURE,
                "n": found.trials,
                "effect": found.share,
                "low": found.low,
                "high": found.high,
                "test": TEST,
                "verdict": UNDECIDED if too_few else _judge(found, limit, above),
                "paper": paper.percent(factor, found.paper_share),
                "note": f"{found.draws:.0f} draws, {LEAST_DRAWS} are needed"
                if too_few
                else found.note or found.shown,
            }


def _judge(found: Any, limit: float, above: bool) -> str:
    if found.low > limit:
        return HELD if above else NOT_HELD
    if found.high < limit:
        return NOT_HELD if above else HELD
    return UNDECIDED
