#!/usr/bin/env bash
# TensorFlow, tf.signal: a periodic window of odd length is a symmetric one.
#
# Expected: `hann_window(n, periodic=True)`, the default, is the first n points of a symmetric
# window of n + 1 points, as in SciPy and MATLAB; at half its length as step its copies sum to
# 1, or nearly.
# Seen: so it is for even n. For odd n the argument has no effect: the window is the symmetric
# one of n points, and ends with a 0 that belongs to the next frame. Hamming windows likewise.
# So `keras.ops.stft` with odd frames, and layers on it such as `keras.layers.MelSpectrogram`,
# give other numbers on TensorFlow than on JAX and PyTorch.
# Size: 25 ms of speech at 22,050 Hz are 551 samples. For them amplitudes differ by up to 0.3 %
# of the largest, for frames of 15 by a seventh. A recogniser that was trained on one backend
# sees other features on the other one.
#
# SciPy had the same until 2015, scipy/scipy#2190 and #4551; no thread is known of TensorFlow.
# What to do: frames of an even length, or a window of your own: `keras.ops.stft` takes a tensor.
#
# Seen on 2026-11-29 with tensorflow 2.21.0, keras 3.15.1, jax 0.10.2 and scipy 1.17.1.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 jaxlib==0.10.2 scipy==1.17.1

cd "$room"
cat > stft.py <<'END'
import keras
import numpy as np

speech = np.random.default_rng(0).normal(size=(1, 4410)).astype("float32")
amplitudes = {}
for length in (550, 551, 16, 15):
    parts = keras.ops.stft(speech, length, length // 2, 1024, window="hann")
    real, imaginary = map(keras.ops.convert_to_numpy, parts)
    amplitudes[str(length)] = np.hypot(real, imaginary)
np.savez(keras.backend.backend(), **amplitudes)
END
for backend in jax tensorflow; do
    HOME=$room KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python stft.py \
        2> errors || { cat errors; exit 1; }
done
HOME=$room TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python - 2> errors <<'END' || { cat errors; exit 1; }
import sys

import numpy as np
import tensorflow as tf
from scipy.signal import get_window

as_described = True
for name in ("hann", "hamming"):
    for length in (4, 5, 16, 15):
        found = getattr(tf.signal, f"{name}_window")(length, periodic=True).numpy()
        periodic = get_window(name, length, fftbins=True)
        symmetric = get_window(name, length, fftbins=False)
        kinds = {"periodic": periodic, "symmetric": symmetric}
        seen = [k for k, w in kinds.items() if np.allclose(found, w, atol=1e-6)]
        print(f"{name}, {length} points: {', '.join(seen)}; {found[:8].round(3)}")
        as_described &= seen == ["symmetric" if length % 2 else "periodic"]
jax, tensorflow = np.load("jax.npz"), np.load("tensorflow.npz")
for length in jax:
    difference = np.abs(tensorflow[length] - jax[length]).max() / jax[length].max()
    print(f"keras.ops.stft, frames of {length}: amplitudes differ by {difference:.2%}")
    as_described &= bool(difference > 1e-3) == bool(int(length) % 2)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
