"""N-gram models of symbols, as what recurrent networks are measured against."""

from reproduce.ngrams.kneser_ney import KneserNey
from reproduce.ngrams.sampler import Sampler

__all__ = ["KneserNey", "Sampler"]
