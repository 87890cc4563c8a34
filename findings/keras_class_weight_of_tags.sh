#!/usr/bin/env bash
# Keras: `class_weight` takes the place of a tag in a sequence for its class.
#
# Expected: `fit(..., class_weight={0: 1.0, 1: 10.0})` on tags `(batch, steps)`, whole numbers
# for a sparse cross-entropy, weighs each step by its tag, or raises an error.
# Seen: every target with a last axis longer than 1 is taken for one-hot, and its argmax, along
# the steps, for the class of the whole sequence. The weight of a sequence is that of the class
# whose number is the place of its first largest tag: four steps of the rare tag weigh 1, since
# the first of them stands at 0, a rare tag at step 1 makes all steps of its sequence weigh 10,
# and one at step 3 nothing, since no class 3 has a weight. No error is given, on any backend;
# one-hot tags `(batch, steps, classes)` raise a TypeError.
# Size: rare tags are what class weights are for, in tagging, frames of speech and events in
# time series. The weights are as good as random there, and the loss looks as usual.
#
# tf.keras raised an error for it, tensorflow/tensorflow#48555.
# What to do: give `sample_weight=weights[tags]`, one for each step.
#
# Seen on 2026-11-29 with keras 3.15.1 and jax 0.10.2.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 jax==0.10.2 jaxlib==0.10.2

cd "$room"
HOME=$room KERAS_BACKEND=jax venv/bin/python - <<'END'
import sys

import keras
import numpy as np

model = keras.Sequential(
    [
        keras.Input((4, 3)),
        keras.layers.GRU(5, return_sequences=True),
        keras.layers.Dense(2, kernel_initializer="zeros"),
    ]
)
# Every step of every sequence has the loss log 2 before its weight, and nothing is learnt.
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.SGD(0.0), loss)


def mean_weight(tags, **weights):
    x = np.zeros((len(tags), 4, 3), "float32")
    history = model.fit(x, tags, verbose=0, batch_size=len(tags), **weights)
    return round(history.history["loss"][0] / np.log(2), 4)


print(f"keras {keras.__version__}, class 0 weighs 1, class 1 weighs 10")
by_class = {0: 1.0, 1: 10.0}
as_described = True
for tags, seen in (
    ([0, 0, 0, 0], 1.0),
    ([1, 1, 1, 1], 1.0),
    ([0, 1, 0, 0], 10.0),
    ([0, 0, 0, 1], 1.0),
):
    y = np.array([tags])
    expected = mean_weight(y, sample_weight=np.array([1.0, 10.0])[y])
    found = mean_weight(y, class_weight=by_class)
    print(f"tags {tags}: mean weight expected {expected}, seen {found}")
    as_described &= expected == np.mean([by_class[tag] for tag in tags])
    as_described &= found == seen
try:
    mean_weight(np.eye(2)[[[0, 1, 0, 0]]], class_weight=by_class)
    as_described = False
except TypeError as error:
    print("one-hot tags:", error)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
