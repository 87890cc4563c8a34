"""Which tests run: the quick ones, or all."""

import os

EXHAUSTIVE = os.environ.get("KERAS_GATED_EXHAUSTIVE") == "1"
"""Whether slow tests run, and others on more examples: `make conformance` sets it."""
