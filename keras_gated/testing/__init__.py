"""Checks that layers behave as users of Keras expect.

`check_recurrent_layer` runs them on a recurrent layer of this package, of Keras or of
your own, `check_weight_wrapper` on a wrapper that changes the weights of a layer; both
on the active backend. `CHECKS` and `WRAPPER_CHECKS` are the tables of them; each file
here has those of one topic. Needs Keras and NumPy only.
"""

from keras_gated.testing.check import Check, NotApplicable
from keras_gated.testing.run import check_recurrent_layer, check_weight_wrapper
from keras_gated.testing.table import CHECKS
from keras_gated.testing.wrapper_table import WRAPPER_CHECKS

__all__ = [
    "CHECKS",
    "WRAPPER_CHECKS",
    "Check",
    "NotApplicable",
    "check_recurrent_layer",
    "check_weight_wrapper",
]
