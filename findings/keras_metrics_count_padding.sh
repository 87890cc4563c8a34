#!/usr/bin/env bash
# Keras: Precision, AUC, RootMeanSquaredError and others count the steps that a mask hides.
#
# Expected: a mask holds for all metrics of one compile(), as it holds for the loss.
# Seen: it holds for those that are a mean of a function (BinaryAccuracy, BinaryCrossentropy,
# MeanSquaredError). Those that keep counts or another state pass over it without a warning:
# Precision, Recall, AUC, TruePositives and their kin, BinaryIoU, RootMeanSquaredError,
# PearsonCorrelation. Frames of padding are scored as if they were music.
# Size: what a model says about padding decides. Here every note of the valid frames is
# right, the accuracy is 1 and the precision 0.36; and the root mean squared error is not
# the root of the mean squared error beside it.
#
# The same on JAX, TensorFlow and PyTorch. Asked for since 2016: keras-team/keras#4575.
# What to do: pass the mask as sample_weight too and name these metrics in
# weighted_metrics=, or count on the predictions of valid frames alone.
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
valid = np.arange(8) < np.array([8, 4, 3, 2])[:, None]
roll = np.random.default_rng(0).random((4, 8, 6)) < 0.5
x = np.where(roll, 1.0, -1.0).astype("float32") * valid[..., None]
y = (roll & valid[..., None]).astype("float32")

# Each note is told from its own input; where there is none, the bias says "on".
model = keras.Sequential(
    [
        keras.layers.Masking(),
        keras.layers.Dense(
            6,
            activation="sigmoid",
            kernel_initializer=keras.initializers.Identity(4.0),
            bias_initializer=keras.initializers.Constant(0.5),
        ),
    ]
)
names = ["BinaryAccuracy", "Precision", "MeanSquaredError", "RootMeanSquaredError"]
metrics = [getattr(keras.metrics, name)(name=name) for name in names]
model.compile(loss="binary_crossentropy", metrics=metrics)
seen = model.evaluate(x, y, verbose=0, return_dict=True)
rms = np.sqrt(seen["MeanSquaredError"])

print(f"Expected: accuracy and precision of 1, and an RMSE of {rms:.4f}, the root of the MSE.")
print("Seen:", ", ".join(f"{name} {seen[name]:.4f}" for name in names))
as_described = (
    seen["BinaryAccuracy"] == 1
    and seen["Precision"] < 0.5
    and seen["RootMeanSquaredError"] > 2 * rms
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
