"""The checks of wrappers that change weights: each file registers those of one topic.

They run, and are shown, in the order of the imports here.
"""

from keras_gated.testing._weight_wrappers import (  # noqa: F401, I001
    freezing,
    files,
    quantization,
    low_rank,
    sharing,
    averages,
    inside,
    directions,
)
