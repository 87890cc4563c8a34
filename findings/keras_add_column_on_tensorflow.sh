#!/usr/bin/env bash
# Keras on TensorFlow: `keras.ops.add` adds a column to a square matrix as if it were a row.
#
# Expected: `add` broadcasts as NumPy does: (3, 3) plus (3, 1) adds one number to each row.
# Seen: on TensorFlow a second argument with one axis longer than 1 is taken for a bias. Where
# its length is that of the last axis of the first argument, it is added along that axis, and
# else, where it is that of axis 1, along axis 1, whichever of its axes it was. So (3, 3) plus
# (3, 1), (2, 3, 3) plus (1, 3, 1) and (2, 3, 4, 3) plus (1, 3, 1, 1) come out wrong, and no
# error is given. The operator `+` of tensors is right, that of symbolic tensors in a functional
# model is `keras.ops.add` and wrong, as are `keras.layers.Conv1D` and Conv2D with
# `data_format="channels_first"` where the output has as many steps or columns as filters.
# Arguments the other way round, `subtract` and `multiply` are right, and so is all of it on JAX.
# Size: what is added per step, such as a bias or the log of a mask, is a column; in attention
# scores and wherever a sequence has as many steps as features, it goes to the wrong axis.
#
# It came with keras-team/keras#20386, for fused kernels; no thread is known of it.
# What to do: give the column first, subtract its negative, or multiply it by ones of the full
# shape first.
#
# Seen on 2026-11-29 with keras 3.15.1, tensorflow 2.21.0 and jax 0.10.2.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 jaxlib==0.10.2

cd "$room"
cat > add.py <<'END'
import keras
import numpy as np
from keras import ops


def shown(name, found, expected):
    is_right = np.array_equal(ops.convert_to_numpy(found), expected)
    print(f"{name}: {'right' if is_right else 'wrong'}")


for shape, column in (
    ((3, 3), (3, 1)),
    ((3, 4), (3, 1)),
    ((2, 3, 3), (1, 3, 1)),
    ((2, 3, 4, 3), (1, 3, 1, 1)),
):
    x = np.zeros(shape, "float32")
    b = np.arange(3, dtype="float32").reshape(column)
    tensors = ops.convert_to_tensor(x), ops.convert_to_tensor(b)
    what = f"{shape} and {column}"
    shown(f"{what}, add", ops.add(*tensors), x + b)
    shown(f"{what}, +", tensors[0] + tensors[1], x + b)
    shown(f"{what}, add, turned round", ops.add(*tensors[::-1]), x + b)
    shown(f"{what}, subtract", ops.subtract(*tensors), x - b)

per_step = np.arange(3, dtype="float32").reshape(1, 3, 1)
for features in (3, 4):
    inputs = keras.Input((3, features))
    model = keras.Model(inputs, inputs + per_step)
    x = np.zeros((2, 3, features), "float32")
    found = model.predict(x, verbose=0)
    shown(f"model, 3 steps, {features} features, +", found, x + per_step)

for steps in (3, 4):
    layer = keras.layers.Conv1D(3, 1, data_format="channels_first")
    layer.build((None, 2, steps))
    layer.bias.assign([0.0, 1.0, 2.0])
    x = np.zeros((2, 2, steps), "float32")
    expected = np.zeros((2, 3, steps)) + per_step
    shown(f"Conv1D channels first, 3 filters, {steps} steps", layer(x), expected)
END
for backend in jax tensorflow; do
    HOME=$room KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python add.py \
        2> errors > "$backend.txt" || { cat errors; exit 1; }
    echo "$backend:"
    sed 's/^/    /' "$backend.txt"
done
cat > tensorflow.wrong <<'END'
(3, 3) and (3, 1), add: wrong
(2, 3, 3) and (1, 3, 1), add: wrong
(2, 3, 4, 3) and (1, 3, 1, 1), add: wrong
model, 3 steps, 3 features, +: wrong
Conv1D channels first, 3 filters, 3 steps: wrong
END
diff tensorflow.wrong <(grep wrong tensorflow.txt) || { echo CHANGED; exit 1; }
! grep wrong jax.txt || { echo CHANGED; exit 1; }
echo "as described"
