#!/usr/bin/env bash
# Keras: TimeDistributed(BatchNormalization()) keeps the statistics of the last step alone.
#
# Expected: what BatchNormalization does on (batch, time, features): one mean and variance
# over the batch and time, and moving averages of them for inference.
# Seen: in training each step is normalised with its own mean and variance, and of the
# moving averages of one batch only the last step's update is kept; those of all steps
# before it are lost. At inference every step is normalised with the last one's numbers.
# Size: no matter for signals that look alike at each step. With a trend over time, as notes
# that decay or frames that end in silence have, outputs at inference are off from those in
# training (by 1.9 standard deviations here), and validation looks like overfitting.
#
# The same on JAX, TensorFlow and PyTorch. Relatives: keras-team/keras#7466 (no update at
# all, mended in 2017), keras-team/keras#16239, tensorflow/tensorflow#30109.
# What to do: BatchNormalization takes sequences as they are, so leave the wrapper away; in
# a block that has to be wrapped use LayerNormalization.
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
rng = np.random.default_rng(0)
x = (rng.normal(size=(64, 5, 1)) + np.arange(5.0)[:, None]).astype("float32")


def train(wrapped):
    norm = keras.layers.BatchNormalization(momentum=0.0)
    model = keras.Sequential([keras.layers.TimeDistributed(norm) if wrapped else norm])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(x, x, batch_size=64, epochs=2, verbose=0)
    return float(keras.ops.convert_to_numpy(norm.moving_mean)[0]), model.predict(x, verbose=0)


mean, plain = train(wrapped=False)
last, wrapped = train(wrapped=True)
print(f"Expected: a moving mean of {x.mean():.3f}, over all steps, and outputs about 0.")
print(f"Seen: without the wrapper moving mean {mean:.3f}, mean output {plain.mean():.3f}")
print(f"      in TimeDistributed  moving mean {last:.3f}, mean output {wrapped.mean():.3f},")
print(f"      where the last step has the mean {x[:, -1].mean():.3f}")
as_described = (
    np.isclose(mean, x.mean(), atol=1e-3)
    and np.isclose(last, x[:, -1].mean(), atol=1e-3)
    and wrapped.mean() < -1.5
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
