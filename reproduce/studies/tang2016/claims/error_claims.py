"""Claims about errors on the test sentences."""

from collections.abc import Iterator

import pandas as pd

from reproduce.studies.tang2016.claims.paired_rows import paired_row
from reproduce.study import Results
from reproduce.verdicts import Row

BETTER = "The GRU is slightly better than the LSTM"
SHORTCUTS = "Shortcuts help"

ERRORS = {
    "test_frame_error_pooled": "frame error",
    "test_phone_error_pooled": "phone error",
}
DIRECTIONS = {"forward": "", "both": ", both ways"}


def error_rows(results: Results) -> Iterator[Row]:
    """The rows of each data set."""
    frame = results.frame
    for column, error in ERRORS.items():
        if column not in frame:
            continue
        known = frame.dropna(subset=[column])
        for dataset, trials in known.groupby("dataset", sort=False):
            for direction, rows in trials.groupby("direction", sort=False):
                plain = rows[~rows["shortcuts"]]
                differences = _by_seed(plain, column, "unit", "lstm", "gru")
                if len(differences):
                    what = f"{error}, LSTM less GRU{DIRECTIONS[str(direction)]}"
                    yield paired_row(BETTER, str(dataset), what, differences)
            for unit, rows in trials.groupby("unit", sort=False):
                one_way = rows[rows["direction"] == "forward"]
                differences = _by_seed(one_way, column, "shortcuts", False, True)
                if len(differences):
                    what = f"{error}, {unit}, without less with"
                    yield paired_row(SHORTCUTS, str(dataset), what, differences)


def _by_seed(
    rows: pd.DataFrame, column: str, key: str, one: object, other: object
) -> list[float]:
    """The differences of what both have a seed of."""
    values = [
        rows[rows[key] == name].set_index("seed")[column] for name in (one, other)
    ]
    differences: list[float] = (values[0] - values[1]).dropna().tolist()
    return differences
