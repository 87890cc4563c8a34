#!/usr/bin/env bash
# Keras: what a note costs that a sigmoid holds impossible depends on the backend.
#
# Expected: one number for binary_crossentropy of one model on one roll, whatever computes
# it, and the number that the loss gives for what predict() puts out.
# Seen: JAX (and PyTorch) clip the probabilities to 1e-7 from either end, so that no note
# costs more than 16.118 nats, and at the clip there is no gradient. TensorFlow looks in
# fit() and evaluate() for the sigmoid that made the probabilities and goes back to its
# input: the same note costs 40 nats here, and has a gradient. The loss called on the output
# of predict() is clipped there as well.
# Size: one confident mistake in 1,000 notes moves the mean by 0.024 nats. Likelihoods of
# rolls in which such notes occur do not compare between backends, or with a log-likelihood
# that was counted from predictions.
#
# The clip is keras.config.epsilon(). The way back to the logits is a step of the TensorFlow
# backend that the documentation of the loss does not name.
# What to do: end the model without an activation and use from_logits=True: 40 everywhere.
#
# Seen on 2026-11-28 with keras 3.15.1, tensorflow-cpu 2.21.0 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 numpy==2.4.6

cd "$room"
cat >cost.py <<'END'
import importlib.metadata
import sys

import keras
import numpy as np

backend = keras.config.backend()
package = {"jax": "jax", "tensorflow": "tensorflow-cpu"}.get(backend, backend)
print(f"keras {keras.__version__}, {package} {importlib.metadata.version(package)}")
x, y = np.array([[-40.0]], "float32"), np.array([[1.0]], "float32")


def cost(activation, from_logits):
    model = keras.Sequential([keras.layers.Dense(1, activation, kernel_initializer="ones")])
    loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    model.compile(loss=loss)
    on_predictions = float(loss(y, model.predict(x, verbose=0)))
    return model.evaluate(x, y, verbose=0), on_predictions


evaluated, on_predictions = cost("sigmoid", from_logits=False)
logits, _ = cost(None, from_logits=True)
print(f"Seen: evaluate {evaluated:.3f}, loss of predict {on_predictions:.3f}, "
      f"from_logits=True {logits:.3f}")
clipped = -np.log(1e-7)
as_described = (
    np.isclose(evaluated, 40 if backend == "tensorflow" else clipped, rtol=1e-3)
    and np.isclose(on_predictions, clipped, rtol=1e-3)
    and np.isclose(logits, 40)
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
echo "Expected: 40 nats for a note to which the model gives exp(-40), by every way."
for backend in tensorflow jax; do
    KERAS_HOME=$room KERAS_BACKEND=$backend JAX_PLATFORMS=cpu TF_CPP_MIN_LOG_LEVEL=3 \
        venv/bin/python cost.py
done
