"""`Decoded`, what a search finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decoded:
    """A sequence of symbols, and how probable it is.

    Args:
        symbols: The numbers of their classes.
        log_prob: The logarithm of its probability, in nats: never above 0.
    """

    symbols: tuple[int, ...]
    log_prob: float
