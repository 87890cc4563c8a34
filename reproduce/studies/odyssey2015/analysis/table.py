"""The claims, and the columns of their table."""

import math

from reproduce.verdicts import UNDECIDED

NO_GAIN = "No variant improves on vanilla significantly"
MATTER_MOST = "Forget gate and output activation matter most"
NO_HARM = "Coupled gates and no peepholes do no harm"
NOT_WORTH = "Full gate recurrence is not worth it"
RATE_RULES = "The learning rate explains most of the variance, the momentum nothing"
APART = "Learning rate and size can be tuned apart"
CLAIMS = (NO_GAIN, MATTER_MOST, NO_HARM, NOT_WORTH, RATE_RULES, APART)

COLUMNS = {
    "claim": "",
    "dataset": "",
    "comparison": "",
    "measure": "",
    "n": 0,
    "effect": math.nan,
    "low": math.nan,
    "high": math.nan,
    "test": "",
    "p_value": math.nan,
    "p_adjusted": math.nan,
    "verdict": UNDECIDED,
    "paper": "",
    "note": "",
}
"""The columns, and what is in them where nothing else is said."""
