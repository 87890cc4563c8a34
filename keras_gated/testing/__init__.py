"""Checks that a recurrent layer behaves as users of Keras expect.

`check_recurrent_layer` runs them on a layer of this package, of Keras or of your own,
on the active backend. `CHECKS` is the table of them; each file here has those of one
topic. Needs Keras and NumPy only.
"""

from keras_gated.testing.check import Check, NotApplicable
from keras_gated.testing.run import check_recurrent_layer
from keras_gated.testing.table import CHECKS

__all__ = ["CHECKS", "Check", "NotApplicable", "check_recurrent_layer"]
