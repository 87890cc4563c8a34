"""Negative log-likelihoods of the heads, per step."""

from keras_gated.losses.bernoulli_nll import BernoulliNLL
from keras_gated.losses.mixture_nll import MixtureNLL
from keras_gated.losses.negative_log_likelihood import NegativeLogLikelihood
from keras_gated.losses.symbol_nll import SymbolNLL

__all__ = ["BernoulliNLL", "MixtureNLL", "NegativeLogLikelihood", "SymbolNLL"]
