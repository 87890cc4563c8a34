#!/usr/bin/env bash
# Keras on TensorFlow: Masking finds no padding in half precision if its value is not exact.
#
# Expected: Masking(mask_value=-99.9) hides the steps that were padded with -99.9 under any
# dtype policy, as it does under float32.
# Seen: under mixed_float16 and mixed_bfloat16 the inputs are rounded to 16 bits (-99.875)
# and then compared with -99.9. Nothing is equal, no step is masked, and nothing is said.
# The layers behind it read the padding as data, and the loss counts it.
# Size: all of the padding. Values that 16 bits hold exactly, 0, -1 or -99, are found.
#
# TensorFlow only: on JAX and PyTorch the same model masks the same steps. No thread is
# known.
# What to do: pad with 0 or a small whole number (bfloat16 holds them up to 256), or keep
# this one layer in float32: Masking(..., dtype="float32").
#
# Seen on 2026-11-28 with keras 3.15.1, tensorflow-cpu 2.21.0 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 numpy==2.4.6

cd "$room"
cat >masked.py <<'END'
import importlib.metadata
import sys

import keras
import numpy as np

backend = keras.config.backend()
package = {"jax": "jax", "tensorflow": "tensorflow-cpu"}.get(backend, backend)
print(f"keras {keras.__version__}, {package} {importlib.metadata.version(package)}")
x = np.ones((1, 5, 2), "float32")
x[:, 2:] = -99.9
seen = {}
for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
    outputs = keras.layers.Masking(mask_value=-99.9, dtype=policy)(x)
    mask = keras.ops.convert_to_numpy(outputs._keras_mask)[0]
    seen[policy] = mask.tolist()
    print(f"Seen: {policy}: steps kept {mask.astype(int).tolist()}")
right = [True, True, False, False, False]
halves = right if backend != "tensorflow" else [True] * 5
as_described = seen == {"float32": right, "mixed_float16": halves, "mixed_bfloat16": halves}
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
echo "Expected: steps kept [1, 1, 0, 0, 0] under each policy on each backend."
for backend in tensorflow jax; do
    KERAS_HOME=$room KERAS_BACKEND=$backend JAX_PLATFORMS=cpu TF_CPP_MIN_LOG_LEVEL=3 \
        venv/bin/python masked.py
done
