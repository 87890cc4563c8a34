#!/usr/bin/env bash
# Keras on JAX: stateful=True carries nothing from batch to batch in fit, evaluate, predict.
#
# Expected: the documentation of the layer: the last state of each sample is the first state
# of the sample at its place in the next batch. So it is on TensorFlow and PyTorch, and on
# JAX where the layer is called directly.
# Seen: in the compiled steps of fit, evaluate and predict on JAX each batch begins with
# zeros, without a word. The state is not among the variables that these steps hand on.
# Size: a model trained on long recordings in pieces never sees past a piece, and a stream
# fed to predict forgets all between two calls.
#
# No thread is known. It stands in the source: the state is made outside of the tracking of
# variables (RNN._create_state_variables).
# What to do: hand states on yourself, with return_state=True and initial_state=, which is
# right on every backend.
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
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(1, 6, 2)).astype("float32")
layer = keras.layers.GRU(2, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(1, 3, 2)), layer])
plain = keras.layers.GRU(2)
plain.build((1, 6, 2))
plain.set_weights(layer.get_weights())

whole = keras.ops.convert_to_numpy(plain(x))
forgotten = keras.ops.convert_to_numpy(plain(x[:, 3:]))
predicted = [model.predict(piece, verbose=0) for piece in (x[:, :3], x[:, 3:])][-1]
layer.reset_state()
called = [keras.ops.convert_to_numpy(layer(piece)) for piece in (x[:, :3], x[:, 3:])][-1]

print(f"Expected: two pieces end as the whole does, at {whole[0].tolist()}.")
print(f"Seen: the layer called twice {called[0].tolist()}")
print(f"      predict called twice   {predicted[0].tolist()},")
print(f"      the second piece alone {forgotten[0].tolist()}")
as_described = (
    np.allclose(called, whole, atol=1e-5)
    and np.allclose(predicted, forgotten, atol=1e-5)
    and np.abs(predicted - whole).max() > 1e-2
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
