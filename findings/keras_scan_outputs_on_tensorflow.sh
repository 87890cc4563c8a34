#!/usr/bin/env bash
# Keras on TensorFlow: of several outputs of a step, `keras.ops.scan` gives back one.
#
# Expected: what a step puts out comes back stacked along a new first axis, in its structure.
# The docs say that on TensorFlow an output must have the shape and dtype of the carry, and
# nothing of its structure; so outputs of these shapes come back, or there is an error.
# Seen: on TensorFlow as many outputs come back as the carry has parts, the first ones, in the
# structure of the carry. From a step with one state that puts out `(state, gate)` or
# `{"state": ..., "gate": ...}`, all of one shape, one stack comes back, and no error is given.
# With a carry `{"h": ...}` and a tensor as output a dict comes back. Where the carry has more
# parts than the output, such as an LSTM that puts out c alone, there is a ValueError, of the
# nesting of loop variables. On JAX and PyTorch all of it comes back.
# Size: whoever writes a recurrent loop for all backends, and keeps gates or attention beside
# the states, loses them on one backend; code that unpacks two outputs then takes the time axis
# apart instead.
#
# The limit of shapes and dtypes is as old as the function, keras-team/keras#19681; no thread is
# known of lost outputs.
# What to do: pack outputs along the last axis, with a carry of that one shape, or put
# `keras.layers.RNN` around a cell.
#
# Seen on 2026-11-29 with keras 3.15.1, tensorflow 2.21.0 and jax 0.10.2. On PyTorch 2.13.0 the
# numbers are those of JAX; it is not installed here.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 jaxlib==0.10.2

cd "$room"
cat > scan.py <<'END'
import keras
import numpy as np
from keras import ops

x = ops.convert_to_tensor(np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3))
h, c = ops.zeros((3,)), ops.ones((3,))


def gated(state, x):
    gate = ops.sigmoid(x)
    state = gate * state + (1 - gate) * ops.tanh(x)
    return state, gate


def with_tuple(state, x):
    state, gate = gated(state, x)
    return state, (state, gate)


def with_dict(state, x):
    state, gate = gated(state, x)
    return state, {"state": state, "gate": gate}


def from_dict(carry, x):
    state, _ = gated(carry["h"], x)
    return {"h": state}, state


def of_two_states(carry, x):
    h, c = carry
    c, gate = gated(c, x)
    return (gate * ops.tanh(c), c), c


for name, step, carry in (
    ("a state, puts out (state, gate)", with_tuple, h),
    ("a state, puts out a dict", with_dict, h),
    ("a dict of a state, puts out the state", from_dict, {"h": h}),
    ("two states, puts out one", of_two_states, (h, c)),
):
    try:
        _, found = ops.scan(step, carry, x)
        shown = keras.tree.map_structure(lambda y: tuple(y.shape), found)
    except ValueError:
        shown = "ValueError"
    print(f"{name}: {shown}")
END
for backend in jax tensorflow; do
    HOME=$room KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python scan.py \
        2> errors > "$backend.txt" || { cat errors; exit 1; }
    echo "$backend:"
    sed 's/^/    /' "$backend.txt"
done
cat > jax.expected <<'END'
a state, puts out (state, gate): ((4, 3), (4, 3))
a state, puts out a dict: {'gate': (4, 3), 'state': (4, 3)}
a dict of a state, puts out the state: (4, 3)
two states, puts out one: (4, 3)
END
cat > tensorflow.expected <<'END'
a state, puts out (state, gate): (4, 3)
a state, puts out a dict: (4, 3)
a dict of a state, puts out the state: {'h': (4, 3)}
two states, puts out one: ValueError
END
for backend in jax tensorflow; do
    diff "$backend.expected" "$backend.txt" || { echo CHANGED; exit 1; }
done
echo "as described"
