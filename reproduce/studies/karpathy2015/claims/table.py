"""What differences matter, and the columns of the table of claims."""

import math

from reproduce.verdicts import COLUMNS as COMMON

SIGNIFICANCE = 0.05
MATTERS = 0.02
"""Nats per character that a difference must have to matter."""

CLOSE = 0.05
"""How far a share may be from the paper's."""

LEVEL = 0.05
"""How far apart two mean probabilities may be that count as level."""

COLUMNS = {**COMMON, "paper": math.nan}
"""`paper` has what the paper says."""
