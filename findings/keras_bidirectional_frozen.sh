#!/usr/bin/env bash
# Keras: Bidirectional(layer, trainable=False) lists no trainable weights, and trains them.
#
# Expected: a layer made with trainable=False keeps its weights in fit, as the wrapped layer
# alone does, and as Bidirectional does whose attribute is set to False afterwards.
# Seen: the wrapper says that it is frozen, with an empty list of trainable weights, but the
# argument reaches neither direction; the model trains both, on every backend.
# Size: whoever freezes a pretrained encoder by this argument fine-tunes it instead; nothing
# but the weights themselves tells.
#
# No thread is known. It stands in the source: the constructor hands trainable to its base
# class, and the setter, which would hand it on, runs when there are no directions yet.
# What to do: set `layer.trainable = False` after the layer was made.
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
x = np.random.default_rng(0).normal(size=(8, 5, 3)).astype("float32")


def moved(layer):
    """How far the weights of a recurrent layer went in an epoch."""
    inputs = keras.Input((5, 3))
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = layer.get_weights()
    model.fit(x, np.ones((8, 1)), verbose=0)
    pairs = zip(before, layer.get_weights(), strict=True)
    return max(float(np.abs(new - old).max()) for old, new in pairs)


alone = keras.layers.GRU(2, trainable=False)
frozen = keras.layers.Bidirectional(keras.layers.GRU(2), trainable=False)
set_later = keras.layers.Bidirectional(keras.layers.GRU(2))
set_later.trainable = False
found = moved(alone), moved(frozen), moved(set_later)
print(f"Expected: none of the three moves: {found[0]} for the GRU alone, and")
print(f"          {found[2]} for Bidirectional that was frozen later.")
print(f"Seen: Bidirectional(trainable=False) moves by {found[1]:.4f},")
print(f"      its trainable is {frozen.trainable}, its trainable_weights are "
      f"{frozen.trainable_weights}.")
as_described = found[0] == found[2] == 0 < found[1] and not frozen.trainable_weights
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
