#!/usr/bin/env bash
# Keras: a layer with go_backwards=True turns its outputs round, but not its mask.
#
# Expected: behind GRU(return_sequences=True, go_backwards=True) the mask marks the steps
# whose outputs come from data, so that a second layer, or the loss, skips the padding.
# Seen: the outputs are in the order of processing, last step first, while the mask is
# handed on in the order of the inputs. With padding at the end the mask marks what came
# from padding and hides what came from data.
# Size: of a sequence that fills at most half of the padded length the second layer reads
# nothing but zeros. Its output is the same number whatever the data.
#
# The same on JAX, TensorFlow and PyTorch. Bidirectional turns outputs back and is right.
# First told in 2016, closed without an answer: keras-team/keras#3737, keras-team/keras#6022.
# What to do: stack Bidirectional layers; or turn the outputs with keras.ops.flip and give
# the mask to the next layer by hand; or turn each sequence within its length beforehand.
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
model = keras.Sequential(
    [
        keras.layers.Masking(),
        keras.layers.GRU(3, return_sequences=True, go_backwards=True),
        keras.layers.GRU(2),
    ]
)
rng = np.random.default_rng(0)
padded = np.zeros((2, 8, 4), "float32")
padded[:, :3] = rng.normal(size=(2, 3, 4))
alone = model.predict(padded[:, :3], verbose=0)
batch = model.predict(padded, verbose=0)

print("Expected: two sequences of 3 steps give the same outputs with and without padding.")
print(f"Seen: without padding {alone.tolist()}")
print(f"      padded to 8     {batch.tolist()}")
as_described = np.abs(alone).min() > 1e-3 and not batch.any()
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
