#!/usr/bin/env bash
# Keras on JAX: of two models with weights by assign, the use of one breaks the other.
#
# Expected: `copy.assign(variable)` copies the values, as it does on PyTorch and TensorFlow,
# and from then on two models have nothing in common: a teacher and its student, the target
# network of reinforcement learning, the weights that were best so far.
# Seen: on JAX both variables hold one array. The compiled steps of fit, evaluate and predict
# take over the memory of the weights that they are handed, and put back what they return.
# So the first call to one of the models, even predict, leaves the other with nothing: any
# use of it, reading its weights too, is a RuntimeError "Array has been deleted", which names
# neither assign nor the model that has the memory now.
# Size: every copy by assign between models; the original is lost as easily as the copy.
#
# No thread is known. It stands in the source: an array that has the type that is wanted is
# assigned as it is (Variable._direct_assign of Keras' JAX backend).
# What to do: `copy.assign(numpy.array(variable))`, or
# `model.set_weights(other.get_weights())`, which goes by NumPy.
#
# Seen on 2026-11-28 with keras 3.15.1 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 jax==0.10.2 numpy==2.4.6

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python -W ignore - <<'END'
import sys

import jax
import keras
import numpy as np

print(f"keras {keras.__version__}, jax {jax.__version__}, numpy {np.__version__}")
x, y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def compiled():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def other_weights(method, used, values):
    """What is left of the other model's weights once one model was used."""
    models = compiled(), compiled()
    for to, variable in zip(models[1].weights, models[0].weights, strict=True):
        to.assign(values(variable))
    before = models[0].get_weights()
    data = (x,) if method == "predict" else (x, y)
    getattr(models[used], method)(*data, verbose=0)
    try:
        after = models[1 - used].get_weights()
    except Exception as error:  # shown and compared
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return "as before" if all(map(np.array_equal, before, after)) else "others"


print("Expected: the weights of the model that was not used are as before.")
as_described = True
for method in ("fit", "evaluate", "predict"):
    for used, name in enumerate(("original", "copy")):
        shared = other_weights(method, used, lambda variable: variable)
        copied = other_weights(method, used, np.array)
        print(f"Seen: {method} of the {name}: {shared}; assigned by NumPy: {copied}")
        as_described &= copied == "as before"
        as_described &= shared.startswith("RuntimeError: Array has been deleted")
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
