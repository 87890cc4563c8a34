#!/usr/bin/env bash
# Keras on JAX: a mask of ConvLSTM goes along the rows of the images, if it goes at all.
#
# Expected: where the mask of a sequence is False, its states stay and its output is held.
# Seen: on JAX the mask `(batch, 1)` of a step is broadcast from behind, against states
# `(batch, ..., columns, filters)`. So ConvLSTM1D, 2D and 3D raise a ValueError of incompatible
# shapes, unless it fits by chance: where the last axis of the image is as long as the batch, it
# passes, and masks column k of every image by the mask of sequence k. What comes out is wrong
# and no error is given. A batch of one sequence is right. TensorFlow gives what is expected,
# for each size of the batch.
# Size: images and batches have powers of two as sizes, such as 32, and a last batch has any. It
# may hit any cell in `keras.layers.RNN` whose states are images.
#
# It was so on TensorFlow and Theano once, keras-team/keras#11498; no thread is known of JAX.
# What to do: give ConvLSTM sequences of one length, or sort them into batches by length.
#
# Seen on 2026-11-29 with keras 3.15.1, jax 0.10.2 and tensorflow 2.21.0. PyTorch 2.13.0 gives
# what is expected, too; it is not installed here.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
    keras==3.15.1 tensorflow-cpu==2.21.0 jax==0.10.2 jaxlib==0.10.2

cd "$room"
cat > conv_lstm.py <<'END'
import keras
import numpy as np
from keras import ops

COLUMNS = 5


def error_of(name, image, batch):
    """How far the outputs are from those of each sequence alone, cut to its length."""
    rng = np.random.default_rng(0)
    lengths = np.resize([5, 3, 2], batch)
    x = rng.normal(size=(batch, 5, *image, 3)).astype("float32")
    layer = getattr(keras.layers, name)(2, 2, padding="same", return_sequences=True)
    layer.build(x.shape)
    layer.set_weights([rng.normal(size=w.shape) / 2 for w in layer.get_weights()])
    mask = ops.convert_to_tensor(np.arange(5) < lengths[:, None])
    found = ops.convert_to_numpy(layer(ops.convert_to_tensor(x), mask=mask))
    return max(
        np.abs(sequence[:n] - ops.convert_to_numpy(layer(one[None, :n]))[0]).max()
        for sequence, one, n in zip(found, x, lengths, strict=True)
    )


for name, image in (
    ("ConvLSTM1D", (COLUMNS,)),
    ("ConvLSTM2D", (4, COLUMNS)),
    ("ConvLSTM3D", (3, 4, COLUMNS)),
):
    for batch in (1, 4, COLUMNS):
        try:
            shown = "wrong" if error_of(name, image, batch) > 0.1 else "right"
        except ValueError:
            shown = "ValueError"
        print(f"{name}, {COLUMNS} columns, batch of {batch}: {shown}")
END
for backend in jax tensorflow; do
    HOME=$room KERAS_BACKEND=$backend TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python conv_lstm.py \
        2> errors > "$backend.txt" || { cat errors; exit 1; }
    echo "$backend:"
    sed 's/^/    /' "$backend.txt"
done
cat > jax.expected <<'END'
ConvLSTM1D, 5 columns, batch of 1: right
ConvLSTM1D, 5 columns, batch of 4: ValueError
ConvLSTM1D, 5 columns, batch of 5: wrong
ConvLSTM2D, 5 columns, batch of 1: right
ConvLSTM2D, 5 columns, batch of 4: ValueError
ConvLSTM2D, 5 columns, batch of 5: wrong
ConvLSTM3D, 5 columns, batch of 1: right
ConvLSTM3D, 5 columns, batch of 4: ValueError
ConvLSTM3D, 5 columns, batch of 5: wrong
END
sed 's/: .*/: right/' jax.expected > tensorflow.expected
for backend in jax tensorflow; do
    diff "$backend.expected" "$backend.txt" || { echo CHANGED; exit 1; }
done
echo "as described"
