"""Our results beside those that others have printed."""

import math
from dataclasses import replace

import pytest

from reproduce.studies.chung2014.report.context import figure2_table
from reproduce.studies.chung2014.report.results import seed_means
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import make_record
from tests.reproduce.chung2014.report_numbers import DASH


@pytest.mark.parametrize(
    ("pooled", "by_sequence", "expected"),
    [
        (3.204, 3.3, "pooled"),
        (3.21, 3.1, "by sequence"),
        (3.2, 3.2, "pooled, by sequence"),
        (3.21, 3.206, "no"),
        (math.nan, math.nan, DASH),
    ],
)
def test_what_is_printed_with_two_decimals_is_reached_by_what_rounds_to_it(
    pooled, by_sequence, expected
):
    made = make_record("lstm", dataset="nottingham", test=pooled)
    scores = {**made.scores["nll"]["test"], "per_sequence": by_sequence}
    nll = {**made.scores["nll"], "test": scores}
    made = replace(made, scores={**made.scores, "nll": nll})
    main = seed_means(Results([made]))
    row = figure2_table(main).splitlines()[2].split(" | ")
    assert row[:2] == ["| Nottingham", "LSTM"]
    assert row[-1] == f"{expected} |"
