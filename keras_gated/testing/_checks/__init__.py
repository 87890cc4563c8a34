"""The checks of recurrent layers: each file registers those of one topic.

They run, and are shown, in the order of the imports here.
"""

from keras_gated.testing._checks import (  # noqa: F401, I001
    masks,
    shapes,
    wrong_shapes,
    states,
    integers,
    wrappers,
    models,
    training,
    arguments,
    saving,
    precision,
    seeds,
    gradients,
    devices,
    threads,
    memory,
)
