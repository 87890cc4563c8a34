#!/usr/bin/env bash
# Keras: the loss of masked sequences depends on the batch size, the metric beside it does not.
#
# Expected: evaluate gives one number for one model and one set of sequences, the mean over
# all valid steps, whatever the batch size; and the loss "mse" equals the metric "mse".
# Seen: the loss is the mean over the valid steps of each batch, and then a mean over
# batches that counts sequences, not steps. A step of a short sequence weighs more than one
# of a long sequence, the more so the smaller the batch. The metric is the mean over steps.
# Size: 16.6 or 12.0 here for the same model, with lengths from 2 to 8. The order of the
# sequences matters as well, so a shuffled set gives another loss in each epoch.
#
# The same on JAX, TensorFlow and PyTorch. The documentation of the class Loss says what one
# call does (https://keras.io/api/losses/), not what becomes of the batches.
# What to do: report the metric, or the sum over valid steps divided by their number. Let
# early stopping and searches monitor the metric, and name batch size and order beside any
# masked loss that is quoted.
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
lengths = np.array([8, 6, 3, 2])
valid = np.arange(8) < lengths[:, None]
x = np.random.default_rng(0).normal(size=(4, 8, 3)).astype("float32") * valid[..., None]
y = np.tile(np.arange(1.0, 9.0)[:, None], (4, 1, 1)).astype("float32")

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.layers.Masking(),
        keras.layers.GRU(4, return_sequences=True),
        keras.layers.Dense(1),
    ]
)
model.compile(loss="mse", metrics=["mse"])
errors = np.square(model.predict(x, verbose=0) - y)[..., 0]
over_steps = errors[valid].mean()
over_sequences = np.mean([row[mask].mean() for row, mask in zip(errors, valid)])
seen = {size: model.evaluate(x, y, batch_size=size, verbose=0) for size in (1, 2, 4)}

print(f"Expected: a loss of {over_steps:.3f}, the mean over valid steps, at any batch size.")
for size, (loss, metric) in seen.items():
    print(f"Seen: batch size {size}: loss {loss:.3f}, metric {metric:.3f}")
as_described = (
    all(np.isclose(metric, over_steps, rtol=1e-4) for _, metric in seen.values())
    and np.isclose(seen[4][0], over_steps, rtol=1e-4)
    and np.isclose(seen[1][0], over_sequences, rtol=1e-4)
    and seen[1][0] < 0.8 * over_steps
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
