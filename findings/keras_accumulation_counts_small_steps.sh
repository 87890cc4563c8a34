#!/usr/bin/env bash
# Keras: with gradient_accumulation_steps=k, schedules and the average of the weights run
# k times too fast.
#
# Expected: k small batches and one update do what one batch k times as large does: the
# learning rate schedule moves by one, and use_ema=True averages over updates. The property
# optimizer.iterations does count updates.
# Seen: the schedule is asked with the number of small batches, and the moving average is
# taken after each small batch, over weights that did not change.
# Size: with k=4 a decay planned for 10,000 updates is over after 2,500, and a momentum of
# 0.99 averages over 25 updates, not 100. Nothing shows it: the loss falls, a bit less far.
#
# The same on JAX, TensorFlow and PyTorch. Clipping and weight decay are done once for each
# update, as expected. No thread is known.
# What to do: multiply the lengths of schedules by k, and raise ema_momentum to the power 1/k;
# a callback that sets optimizer.learning_rate is not concerned.
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


def steps(k, updates=4, **options):
    """The steps of a weight under a constant gradient of -1, and its moving average."""
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer = keras.optimizers.SGD(gradient_accumulation_steps=k, **options)
    optimizer.build([weight])
    values = [0.0]
    for _ in range(updates):
        for _ in range(k or 1):
            optimizer.apply([keras.ops.convert_to_tensor([-1.0])], [weight])
        values.append(float(keras.ops.convert_to_numpy(weight)[0]))
    assert int(optimizer.iterations) == updates
    if not options.get("use_ema"):
        return np.diff(values).tolist()
    optimizer.finalize_variable_values([weight])
    return float(keras.ops.convert_to_numpy(weight)[0])


def halved():
    return keras.optimizers.schedules.ExponentialDecay(1.0, decay_steps=1, decay_rate=0.5)


whole, small = steps(None, learning_rate=halved()), steps(4, learning_rate=halved())
average = steps(None, learning_rate=1.0, use_ema=True, ema_momentum=0.9)
averaged = steps(4, learning_rate=1.0, use_ema=True, ema_momentum=0.9)
print("Expected: the same with one large batch and with 4 small ones.")
print(f"Seen: rates of 4 updates, halved each: {whole} and {small}")
print(f"Seen: average of the weights 1, 2, 3, 4: {average:.3f} and {averaged:.3f}")
as_described = (
    np.allclose(whole, [1, 1 / 2, 1 / 4, 1 / 8])
    and np.allclose(small, [0.5**3, 0.5**7, 0.5**11, 0.5**15], rtol=1e-2)
    and averaged > average + 0.5
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
