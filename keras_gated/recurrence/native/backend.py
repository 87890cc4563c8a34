"""The file of this package that belongs to the active Keras backend."""

import keras

match keras.backend.backend():
    case "jax":
        from keras_gated.recurrence.native.jax import (
            missing,
            on_this_device,
            run,
        )
    case "torch":
        from keras_gated.recurrence.native.torch import (
            missing,
            on_this_device,
            run,
        )
    case _:
        from keras_gated.recurrence.native.tensorflow import (
            missing,
            on_this_device,
            run,
        )

__all__ = ["missing", "on_this_device", "run"]
