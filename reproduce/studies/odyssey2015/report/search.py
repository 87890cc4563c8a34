"""The trials of the study as its analysis takes them, and what is costly to make."""

from functools import cached_property, lru_cache

import pandas as pd

from reproduce.studies.odyssey2015.analysis.best_tenth import best_tenth_table
from reproduce.studies.odyssey2015.analysis.claims import claim_table
from reproduce.studies.odyssey2015.analysis.importance import (
    Forests,
    grow_forests,
    importance_table,
)
from reproduce.studies.odyssey2015.analysis.scores import (
    SCORES,
    Score,
    need_vanilla,
)
from reproduce.studies.odyssey2015.data import REPORTED
from reproduce.study import Results


class Search:
    """The results of a search; its forests are grown once.

    Args:
        results: All that was found.
    """

    scores: dict[str, Score] = SCORES

    def __init__(self, results: Results) -> None:
        frame = results.frame
        self.trials = frame.assign(
            **{split: _reported(frame, split) for split in ("valid", "test")}
        )

    @staticmethod
    @lru_cache(maxsize=1)
    def of(results: Results) -> "Search":
        """The search behind results; asked again for the same ones, the same."""
        return Search(results)

    def check(self) -> None:
        """Refuses results that cannot be set side by side.

        Raises:
            ValueError: If a set has no vanilla, two versions of the data, or trials
                that could run for more epochs than others.
        """
        need_vanilla(self.trials)
        for dataset, trials in self.trials.groupby("dataset"):
            for name in ("data_fingerprint", "max_epochs", "patience"):
                found = sorted(set(trials[name]))
                if len(found) > 1:
                    raise ValueError(
                        f"The ledger has trials of {dataset} that cannot be compared: "
                        f"their {name} is {found}. Train those of each in an output "
                        "folder of their own."
                    )

    @cached_property
    def best(self) -> pd.DataFrame:
        """The scores of the best tenth of each variant, and Welch's test."""
        return best_tenth_table(self.trials, self.scores)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The paper's claims with our evidence."""
        return claim_table(self.trials, self.importance, self.scores)

    @cached_property
    def forests(self) -> Forests:
        """The forests of each set, of all variants together and of each."""
        return grow_forests(self.trials, self.scores)

    @cached_property
    def importance(self) -> pd.DataFrame:
        """The share of the variance that each setting explains."""
        return importance_table(self.trials, self.forests)


def _reported(frame: pd.DataFrame, split: str) -> list[float]:
    """Of each trial the score on a split by the measure that its set is reported in."""
    columns = f"{split}_" + frame["dataset"].map(REPORTED) + "_pooled"
    return [float(frame.at[row, column]) for row, column in columns.items()]
