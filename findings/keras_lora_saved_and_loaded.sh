#!/usr/bin/env bash
# Keras: a layer with LoRA, saved and loaded, never learns by its update again.
#
# Expected: a model that was saved with a low-rank update goes on training it after
# load_model. One factor of a fresh update is random, the other zero, so that it starts at
# nothing and has a gradient.
# Seen: saving adds the update to the kernel, which is right, and loading sets both factors
# to zero. The gradient of each is a product with the other: both stay zero for good, while
# fit reports a loss that does not move, or that the bias alone moves.
# Size: fine-tuning that is interrupted and resumed from the file does nothing from there on.
#
# No thread is known. It stands in the source: load_own_variables assigns zeros to both.
# What to do: after loading draw the first factor anew, `lora_kernel_a`, as
# `enable_lora` does.
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
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 6)).astype("float32")
y = x @ rng.normal(size=(6, 4)).astype("float32")


def trained(model):
    """The loss of each of three epochs, and the largest number in both factors."""
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    layer = model.layers[-1]
    factors = (layer.lora_kernel_a, layer.lora_kernel_b)
    return losses, [float(np.abs(np.asarray(v.value)).max()) for v in factors]


dense = keras.layers.Dense(4, use_bias=False)
model = keras.Sequential([keras.Input((6,)), dense])
dense.enable_lora(rank=2)
losses, factors = trained(model)
model.save("adapted.keras")
again = keras.saving.load_model("adapted.keras")
same = np.abs(again.predict(x, verbose=0) - model.predict(x, verbose=0)).max()
losses_again, factors_again = trained(again)

print(f"Expected: training goes on from {losses[-1]:.4f}; the loaded model computes the")
print(f"          same, to {same:.1e}.")
print(f"Seen: before saving the losses {losses}, factors up to {factors};")
print(f"      after loading the losses {losses_again}, factors up to {factors_again}")
as_described = (
    losses[-1] < losses[0]
    and same < 1e-5
    and np.ptp(losses_again) < 1e-4
    and factors_again == [0, 0]
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
