"""Models of equal size from different recurrent units, and trained ones."""

from keras_gated.models.matched import (
    UNITS,
    count_parameters,
    match_units,
    sequence_model,
)
from keras_gated.models.pretrained import (
    list_pretrained,
    load_pretrained,
    pretrained_card,
)

__all__ = [
    "UNITS",
    "count_parameters",
    "list_pretrained",
    "load_pretrained",
    "match_units",
    "pretrained_card",
    "sequence_model",
]
