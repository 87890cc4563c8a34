"""How close to the paper is close, and the columns of the table of claims."""

import math

from reproduce.verdicts import COLUMNS as COMMON

CLOSE = 0.02
"""How far below the paper's accuracy one may be."""

COLUMNS = {**COMMON, "measure": "", "paper": math.nan}
"""`measure` has what differs, `paper` what the paper says."""
