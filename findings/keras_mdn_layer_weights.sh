#!/usr/bin/env bash
# keras-mdn-layer: weights of 0 for the padding do not leave it out of the loss.
#
# Expected: a sample_weight of 0 for each step of padding and 1 for each other step takes
# the padding out of the loss of a mixture density head, as it does with losses of Keras.
# Seen: the function that get_mixture_loss_func makes returns a single number, the mean over
# all steps of the batch. Keras multiplies that number by the mean of the weights. The padding
# is fitted like data, and the loss shrinks with the share of valid steps. A mask changes
# nothing at all; of the mask, but not of the weights, Keras says that it ends at the layer.
# Size: 1.65 nats here instead of 3.05, the sum over the valid half of the steps divided by
# all. Padding is a constant, which a mixture learns to fit at almost any density.
#
# The same on JAX, TensorFlow and PyTorch; so for every loss that returns a single number.
# What to do: take a loss that returns one value for each step, or batches of equal length.
#
# Seen on 2026-11-28 with keras-mdn-layer 1.0.0, keras 3.15.1 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 jax==0.10.2 numpy==2.4.6
"$room/venv/bin/pip" install --quiet --no-compile --no-deps keras-mdn-layer==1.0.0

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python -W ignore - <<'END'
import importlib.metadata
import sys

import jax
import keras
import keras_mdn_layer as mdn
import numpy as np

print(f"keras-mdn-layer {importlib.metadata.version('keras-mdn-layer')}, "
      f"keras {keras.__version__}, jax {jax.__version__}")
rng = np.random.default_rng(0)
lengths = np.array([8, 4, 3, 1])
valid = np.arange(8) < lengths[:, None]
x = rng.normal(size=(4, 8, 3)).astype("float32") * valid[..., None]
y = rng.normal(3.0, 1.0, size=(4, 8, 1)).astype("float32") * valid[..., None]

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.layers.Masking(),
        keras.layers.GRU(4, return_sequences=True),
        mdn.MDN(output_dimension=1, num_mixtures=2),
    ]
)
loss = mdn.get_mixture_loss_func(output_dim=1, num_mixes=2)
model.compile(loss=loss)
outputs = model.predict(x, verbose=0)
of_valid, of_all = float(loss(y[valid], outputs[valid])), float(loss(y, outputs))
masked = model.evaluate(x, y, verbose=0)
weights = valid.astype("float32")
weighted = model.evaluate(x, y, sample_weight=weights, verbose=0)

print(f"Expected: with weights {of_valid / 2:.4f} nats, the sum over the valid half divided by")
print(f"      all steps; with the mask {of_valid:.4f}, the mean over the valid steps.")
print(f"Seen: with weights {weighted:.4f}, with the mask alone {masked:.4f};")
print(f"      the mean over all steps is {of_all:.4f}")
as_described = (
    np.isclose(masked, of_all, rtol=1e-4)
    and abs(masked - of_valid) > 0.2
    and np.isclose(weighted, of_all / 2, rtol=1e-4)
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
