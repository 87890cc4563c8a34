"""Recurrent layers and models step by step, for what comes in one step at a time."""

from keras_gated.streaming.model_stream import ModelStream
from keras_gated.streaming.stream import Stream

__all__ = ["ModelStream", "Stream"]
