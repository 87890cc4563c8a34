"""The paper's claims, with our evidence and its numbers.

Every row of the table has the verdict `HELD`, `NOT_HELD` or `UNDECIDED`. Worse, better
and equal mean an adjusted p value below 0.05, of Wilcoxon's test on the differences to
vanilla over the same draws. The rules:

- *No variant improves on vanilla.* Of a variant: not held if it is better; else held if
  a one-sided test, not adjusted, shows that it is not better by the margin of the set.
  Of all: not held if it is not held of one; held if all eight were run and it is held
  of each.
- *Forget gate and output activation matter most.* Of each: held if the scores without
  it are worse; not held if they are better, or are within the margin and not worse. Of
  both: not held if it is not held of one, or if the variant with the largest effect of
  the other six differs from vanilla by more than the weaker of the two; held if all
  eight were run, it is held of both, and that variant differs by less.
- *Coupled gates and no peepholes do no harm.* Held if the scores are within the margin
  (two one-sided tests), or better; not held if they are worse and not within it.
- *Full gate recurrence is not worth it.* Its scores: as for the first claim. Its size:
  held if at the median draw it has half as many parameters again as vanilla, or more,
  else not held.
- *The learning rate explains most of the variance, the momentum nothing.* Held if the
  interval of the share lies above `MOST`, or below `NOTHING`; not held if it lies on
  the other side.
- *Learning rate and size can be tuned apart.* The same with the share of their
  interaction, below `SMALL`, and with all that no factor explains alone, below
  `SMALL_REST`, from `LEAST_DRAWS` draws on. Fewer show interactions badly: their shares
  come out too large where there is none and too small where there is one.

Beside the pairs stand the means of the best tenths, judged as the paper does: by
Welch's test with Bonferroni's correction, no significant difference counting as none.
They decide only with as many trials as the paper has. What could not be tested is
undecided.
"""

from collections.abc import Mapping

import pandas as pd

from reproduce.studies.odyssey2015.analysis.factor_claims import (
    LEAST_DRAWS,
    MOST,
    NOTHING,
    SMALL,
    SMALL_REST,
    factor_rows,
)
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from reproduce.studies.odyssey2015.analysis.table import CLAIMS, COLUMNS
from reproduce.studies.odyssey2015.analysis.variant_claims import variant_rows
from reproduce.verdicts import HELD, NOT_HELD, UNDECIDED, as_table

__all__ = [
    "CLAIMS",
    "HELD",
    "LEAST_DRAWS",
    "MOST",
    "NOTHING",
    "NOT_HELD",
    "SMALL",
    "SMALL_REST",
    "UNDECIDED",
    "claim_table",
]


def claim_table(
    trials: pd.DataFrame,
    importance: pd.DataFrame,
    scores: Mapping[str, Score] = SCORES,
) -> pd.DataFrame:
    """Tests every claim on every data set.

    Args:
        trials: One row for each trial.
        importance: What `importance_table` makes of them.
        scores: The scale of each data set.

    Returns:
        The rows of each claim, set after set. `n` is the number of pairs, of trials
        among the best, or of all trials. `paper` has the paper's difference of the
        means of its best 20 trials, with a star if significant, its ratio of their
        mean parameters, or its share.

    Raises:
        ValueError: As `ready` says, or if a set lacks vanilla.
    """
    rows = [*variant_rows(trials, scores), *factor_rows(importance)]
    return as_table(sorted(rows, key=lambda row: CLAIMS.index(row["claim"])), COLUMNS)
