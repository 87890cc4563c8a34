"""The data base in which trials wait, run and end."""

from reproduce.ledger.ledger import Claim, Ledger
from reproduce.ledger.rows import State

__all__ = ["Claim", "Ledger", "State"]
