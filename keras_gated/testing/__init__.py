"""Checks that layers behave as users of Keras expect.

`check_recurrent_layer` runs them on a recurrent layer of this package, of Keras or of
your own, `check_weight_wrapper` on a wrapper that changes the weights of a layer; both
on the active backend. `CHECKS` and `WRAPPER_CHECKS` have them by name. A check is a
function under `@layer_check` or `@wrapper_check`; `_checks/` and `_weight_wrappers/`
have a file of them for each topic. Needs Keras and NumPy only.
"""

from keras_gated.testing.check import (
    CHECKS,
    WRAPPER_CHECKS,
    Check,
    NotApplicable,
)
from keras_gated.testing.run import check_recurrent_layer, check_weight_wrapper

__all__ = [
    "CHECKS",
    "WRAPPER_CHECKS",
    "Check",
    "NotApplicable",
    "check_recurrent_layer",
    "check_weight_wrapper",
]
