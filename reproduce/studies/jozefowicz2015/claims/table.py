"""What differences matter, and the columns of the table of claims."""

import math

from reproduce.verdicts import COLUMNS as COMMON

MATTERS = 0.01
"""A difference of accuracies that matters."""

CLOSE = 0.02
"""How far below the paper's accuracy one may be."""

COLUMNS = {**COMMON, "paper": math.nan}
"""`paper` has what the paper says."""
