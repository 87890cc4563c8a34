"""What the checks need of single backends: one file for each.

Each offers blocks in which loops over time run in Python (`interpreted`), don't inside
of such a block (`compiled`), and float64 is not made float32 (`double_precision`), and
makes a function `one_program` where that is faster; `exported_outputs` are those of a
model that Keras has exported. `COMPILES_TRAINING` says whether
`fit` with `jit_compile=True` is of use there. Its `PROCESSES` are the environments of
the processes that share the two devices of `train_on_two_devices`.
"""

import keras

match keras.backend.backend():
    case "jax":
        from keras_gated.testing._backends.jax import (
            COMPILES_TRAINING,
            PROCESSES,
            compiled,
            double_precision,
            exported_outputs,
            interpreted,
            one_program,
            train_on_two_devices,
        )
    case "tensorflow":
        from keras_gated.testing._backends.tensorflow import (
            COMPILES_TRAINING,
            PROCESSES,
            compiled,
            double_precision,
            exported_outputs,
            interpreted,
            one_program,
            train_on_two_devices,
        )
    case "torch":
        from keras_gated.testing._backends.torch import (
            COMPILES_TRAINING,
            PROCESSES,
            compiled,
            double_precision,
            exported_outputs,
            interpreted,
            one_program,
            train_on_two_devices,
        )

__all__ = [
    "COMPILES_TRAINING",
    "PROCESSES",
    "compiled",
    "double_precision",
    "exported_outputs",
    "interpreted",
    "one_program",
    "train_on_two_devices",
]
