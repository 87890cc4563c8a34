"""The columns of the table of claims."""

import math

from reproduce.verdicts import COLUMNS as COMMON

COLUMNS = {**COMMON, "held_out": math.nan, "ngram": math.nan}
"""`held_out` and `ngram` have what held-out tunes and those of the n-gram come to."""
