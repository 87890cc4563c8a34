"""How models are trained: several steps in one compiled program."""

from keras_gated.training.scanned_steps import scan_steps

__all__ = ["scan_steps"]
