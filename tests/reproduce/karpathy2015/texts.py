"""Texts and probabilities that are made up."""

import numpy as np


def streams_of(*texts):
    """Texts of one length as streams of bytes."""
    return np.stack([np.frombuffer(text.encode(), np.uint8) for text in texts])


def under(marks, **probabilities):
    """Probabilities as a row of characters has them: `.` is 0.9, others by keyword.

    The first character of a stream is given, so its mark does not count.
    """
    values = {".": 0.9, **probabilities}
    return np.array([[values[mark] for mark in row[1:]] for row in marks])
