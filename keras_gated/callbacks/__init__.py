"""Callbacks for `fit`: gradient clipping, learning-rate selection, wall-clock."""

from keras_gated.callbacks.gradient_clipping import GradientClipping
from keras_gated.callbacks.learning_rate_selection import LearningRateSelection
from keras_gated.callbacks.wall_clock import WallClock

__all__ = ["GradientClipping", "LearningRateSelection", "WallClock"]
