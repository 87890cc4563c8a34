import math

import numpy as np
import pandas as pd
import pytest

from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score, ready
from reproduce.studies.odyssey2015.names import VARIANTS
from tests.reproduce.odyssey2015.trials import make_trials, of_scores


def test_what_diverged_counts_as_the_cap():
    trials = of_scores({"V": [math.nan, math.inf, -math.inf, 12.0, 11.0, 8.5]})
    capped = ready(trials, SCORES)
    assert capped["test"].tolist() == [11.09, 11.09, 11.09, 11.09, 11.0, 8.5]
    assert capped["valid"].tolist() == capped["test"].tolist()
    assert math.isnan(trials["test"].iloc[0])


def test_no_result_hangs_on_the_order_of_the_rows():
    trials = make_trials(4)
    shuffled = trials.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(ready(shuffled, SCORES), ready(trials, SCORES))
    assert ready(shuffled, SCORES)["variant"].unique().tolist() == list(VARIANTS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="valid"), r"lacks the columns \['valid'\]"),
        (lambda t: t.head(0), "no row"),
        (lambda t: t.assign(variant="LSTM"), r"Unknown variants \['LSTM'\]"),
        (lambda t: t.assign(dataset="timit"), r"No cap .* \['timit'\]"),
        (lambda t: pd.concat([t, t.head(1)]), "1 trials are there twice"),
    ],
    ids=["column", "rows", "variant", "set", "twice"],
)
def test_trials_that_cannot_be_compared(change, message):
    with pytest.raises(ValueError, match=message):
        ready(change(make_trials(2)), SCORES)


@pytest.mark.parametrize(
    ("cap", "margin"), [(math.nan, 0.1), (math.inf, 0.1), (1.0, 0.0), (1.0, np.nan)]
)
def test_a_scale_without_a_meaning(cap, margin):
    with pytest.raises(ValueError, match="Give a"):
        Score(cap, margin, "score")
