"""Metrics that pool the steps, frames or symbols of a whole epoch."""

from keras_gated.metrics.frame_error_rate import FrameErrorRate
from keras_gated.metrics.label_error_rate import LabelErrorRate
from keras_gated.metrics.mean_nll import MeanNLL

__all__ = ["FrameErrorRate", "LabelErrorRate", "MeanNLL"]
