#!/usr/bin/env bash
# Keras on JAX: a model with an average of its weights (use_ema) cannot be fitted twice.
#
# Expected: fit can be called again, as it can without use_ema and on other backends.
# Seen: at the end of fit the weights become their averages, and on JAX they are then the
# same arrays as those; the compiled step of the next fit is asked to reuse the memory of
# one array twice, and refuses. What comes out is a TypeError about NoneType that names
# neither the averages nor the memory.
# Size: whoever trains in stages, or in a loop of fits of an epoch, cannot use averages.
#
# No thread is known. It stands in the source: finalize_variable_values assigns the value of
# the average itself.
# What to do: between two fits give the weights copies of their own:
# `for weight in model.trainable_variables: weight.assign(numpy.array(weight))`.
#
# Seen on 2026-11-28 with keras 3.15.1 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 jax==0.10.2 numpy==2.4.6

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python - <<'END'
import sys

import jax
import keras
import numpy as np

print(f"keras {keras.__version__}, jax {jax.__version__}, numpy {np.__version__}")
x, y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def second_fit(**settings):
    """How the second fit of a model ends."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, **settings), "mse")
    model.fit(x, y, verbose=0)
    try:
        model.fit(x, y, verbose=0)
    except Exception as error:  # shown and compared
        return f"{type(error).__name__}: {error}"
    return "fine"


plain, averaged = second_fit(), second_fit(use_ema=True)
print(f"Expected: both second fits are fine; without averages: {plain}")
print(f"Seen: with averages: {averaged.splitlines()[0]}")
as_described = plain == "fine" and averaged.startswith("TypeError") and "NoneType" in averaged
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
