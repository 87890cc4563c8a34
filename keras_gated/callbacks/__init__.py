"""Callbacks: gradient clipping, learning-rate selection, states, wall-clock."""

from keras_gated.callbacks.gradient_clipping import GradientClipping
from keras_gated.callbacks.learning_rate_selection import LearningRateSelection
from keras_gated.callbacks.reset_states import ResetStates
from keras_gated.callbacks.wall_clock import WallClock

__all__ = ["GradientClipping", "LearningRateSelection", "ResetStates", "WallClock"]
