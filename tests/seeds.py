"""The seed of what is drawn anew at every run."""

import os
import random

SEED = int(os.environ.get("KERAS_GATED_SEED") or random.randrange(1 << 31))
"""The number of the first corrupted file, which a failure prints."""
