"""Many trials: their ledger, and the workers that share it."""
