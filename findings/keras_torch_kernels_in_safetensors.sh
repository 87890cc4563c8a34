#!/usr/bin/env bash
# Keras on PyTorch, safetensors: a square recurrent kernel comes back transposed.
#
# Expected: weights taken from a model and written by safetensors.numpy.save_file are the
# same weights once they are loaded, and the model computes the same with them.
# Seen: on PyTorch the kernel that Keras' orthogonal initializer makes keeps the memory order
# of a decomposition, column by column, and so does the NumPy array of it, where there are as
# many rows as columns or more: the recurrent kernel of SimpleRNN, and Dense or an embedding
# with this initializer. safetensors 0.8.0 writes the memory as it lies, with the shape
# beside it. Nothing is said, on either side. safetensors 0.7.0 writes what was meant, and on
# JAX the same model comes back whole.
# Size: a square kernel is transposed, which for a fresh orthogonal one is its inverse; one
# that is not square is shuffled. Norms, means and histograms of weights are as they were.
#
# Where it was discussed: https://github.com/safetensors/safetensors/issues/825, open, of
# arrays from scikit-learn; of Keras no thread is known.
# What to do: give save_file numpy.ascontiguousarray of each weight.
#
# Seen on 2026-11-29 with keras 3.15.1, torch 2.13.0 and safetensors 0.8.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 torch==2.13.0 \
    jax==0.10.2 numpy==2.4.6 safetensors==0.8.0

cd "$room"
cat > round_trip.py <<'END'
"""Prints how far kernels, and what a model puts out, are from what they were."""

import sys

import keras
import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(2, 20, 3)).astype("float32")
model = keras.Sequential(
    [
        keras.Input((20, 3)),
        keras.layers.SimpleRNN(8),
        keras.layers.Dense(4, kernel_initializer="orthogonal"),
    ]
)
given = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
before = model.predict(x, verbose=0)
save_file(given, "weights.safetensors")
found = load_file("weights.safetensors")
for weight in model.weights:
    weight.assign(found[weight.path])
after = model.predict(x, verbose=0)

by_columns = sorted(n for n, w in given.items() if not w.flags["C_CONTIGUOUS"])
changed = sorted(n for n, w in given.items() if not np.array_equal(found[n], w))
square = [n for n in changed if np.array_equal(found[n], given[n].T)]
print(f"keras {keras.__version__} on {keras.backend.backend()}, ", end="")
print(f"safetensors {safetensors.__version__}")
print(f"  column by column: {by_columns}")
print(f"  changed: {changed}, of which transposed: {square}")
print(f"  outputs up to {np.abs(before).max():.3f}, ", end="")
print(f"which differ by up to {np.abs(before - after).max():.3f}")
if sys.argv[1] == "changes":
    as_told = (
        changed == by_columns == ["sequential/dense/kernel", *square]
        and square == ["sequential/simple_rnn/simple_rnn_cell/recurrent_kernel"]
        and np.abs(before - after).max() > 0.1
    )
else:
    as_told = not changed and np.array_equal(before, after)
sys.exit(not as_told)
END

run() {
    KERAS_HOME=$room KERAS_BACKEND=$1 JAX_PLATFORMS=cpu venv/bin/python round_trip.py "$2" \
        || status=1
}
status=0
echo "Expected: nothing is changed."
run torch changes
run jax nothing
venv/bin/pip install --quiet --no-compile safetensors==0.7.0
run torch nothing
[ "$status" = 0 ] && echo "as described" || echo "CHANGED"
exit "$status"
