#!/usr/bin/env bash
# Keras on TensorFlow: data whose length is unknown makes the optimizer count one more update.
#
# Expected: `optimizer.iterations` is the number of batches that were trained on; schedules
# of the learning rate and the bias correction of Adam go by it.
# Seen: with a tf.data set that cannot tell its length (filter, a generator, padded buckets)
# the step that finds the end of an epoch counts, too. The weights are
# those of the real batches. With steps_per_execution above 1 the count is right again.
# Size: one update too many an epoch; with few batches an epoch a schedule runs far ahead,
# and two runs on the same data, one of known length, come out different.
#
# No thread is known. The counter does not depend on the batch, so that TensorFlow may raise
# it before the iterator says that there is none.
# What to do: `dataset.apply(tf.data.experimental.assert_cardinality(n))`.
#
# Seen on 2026-11-28 with keras 3.15.1 and tensorflow-cpu 2.21.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
  keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 venv/bin/python - <<'END' 2>/dev/null
import sys

import keras
import numpy as np
import tensorflow as tf

print(f"keras {keras.__version__}, tensorflow {tf.__version__}, numpy {np.__version__}")
rng = np.random.default_rng(0)
x, y = rng.normal(size=(20, 3)).astype("float32"), rng.normal(size=(20, 1))


def trained(known, steps=1):
    """The count of updates after two epochs of five batches, and the weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=steps)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    if not known:
        data = data.filter(lambda x, y: True)
    model.fit(data, epochs=2, verbose=0)
    return int(model.optimizer.iterations), model.get_weights()


(counted, weights), (miscounted, same) = trained(True), trained(False)
together, _ = trained(False, steps=5)
print(f"Expected: 2 epochs of 5 batches are 10 updates; of known length {counted}.")
print(f"Seen: {miscounted} of unknown length, {together} with steps_per_execution=5;")
print(f"      weights the same: {np.allclose(weights[0], same[0])}")
as_described = counted == 10 < miscounted and together == 10
as_described = as_described and np.allclose(weights[0], same[0])
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
