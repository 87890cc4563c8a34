"""Negative log-likelihoods of the heads, per step."""

from keras_gated.losses.bernoulli_nll import BernoulliNLL
from keras_gated.losses.ctc_labels import check_ctc_labels, ctc_frames_needed
from keras_gated.losses.ctc_loss import CTCLoss
from keras_gated.losses.mixture_nll import MixtureNLL
from keras_gated.losses.negative_log_likelihood import NegativeLogLikelihood
from keras_gated.losses.symbol_nll import SymbolNLL

__all__ = [
    "BernoulliNLL",
    "CTCLoss",
    "MixtureNLL",
    "NegativeLogLikelihood",
    "SymbolNLL",
    "check_ctc_labels",
    "ctc_frames_needed",
]
