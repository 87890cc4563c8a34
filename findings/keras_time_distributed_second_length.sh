#!/usr/bin/env bash
# Keras on TensorFlow: TimeDistributed cuts sequences of a second length to the batch size.
#
# Expected: a model whose time axis is free puts out as many steps as it is given.
# Seen: the first length is right. Once predict, evaluate or fit meets another one, it puts
# out as many steps as the batch has sequences: 2 of 9 here, without a word. A GRU behind
# it, which takes the time axis, reads those steps alone.
# Size: of 9 steps 7 are lost. With 12 sequences it puts out 12 steps under XLA, three that
# nobody gave, and fails without.
#
# The same with the nightly of Keras 3.16 and with XLA turned off. Not when the model is
# called by itself, nor on JAX and PyTorch.
# What to do: leave TimeDistributed away around Dense and other layers that act on the last
# axis anyway; else pad all batches to one length.
#
# Seen on 2026-11-28 with keras 3.15.1 and tensorflow-cpu 2.21.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
  keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python - <<'END'
import sys

import keras
import numpy as np
import tensorflow as tf

print(f"keras {keras.__version__}, tensorflow {tf.__version__}, numpy {np.__version__}")
dense = keras.layers.Dense(4)
model = keras.Sequential(
    [keras.Input((None, 3)), keras.layers.TimeDistributed(dense)]
)
x = np.random.default_rng(0).normal(size=(2, 9, 3)).astype("float32")
shapes = [model.predict(x[:, :steps], verbose=0).shape for steps in (5, 9)]
called = model(x).shape

print("Expected: 2 sequences of 5 steps, then of 9: (2, 5, 4) and (2, 9, 4).")
print(f"Seen: {shapes[0]} and {shapes[1]}; called by itself {tuple(called)}")
as_described = shapes == [(2, 5, 4), (2, 2, 4)] and tuple(called) == (2, 9, 4)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
