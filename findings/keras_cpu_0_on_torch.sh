#!/usr/bin/env bash
# Keras on PyTorch: what is built under keras.device("cpu:0") cannot be trained.
#
# Expected: "cpu:0" is the first example of keras.device, for all backends, and means what
# "cpu" means on a machine with one. On JAX it does.
# Seen: PyTorch takes "cpu:0" for another device than "cpu", so that each variable is moved
# and the weights of a layer are results of a copy, no parameters. fit says that there are no
# gradients for any variable. A loop of one's own with a torch optimizer over
# `model.parameters()` runs and changes nothing: it is handed twice as many parameters, of
# which none has a gradient. Layers with a seed (Dropout, LSTM) cannot be built at all; what
# is raised speaks of gradients. Forward the numbers are right.
# Size: all layers; whoever copies the example and runs on a CPU.
#
# No thread is known. It stands in the source: `.to(get_device())` behind the parameter
# (Variable._initialize of Keras' torch backend).
# What to do: write "cpu".
#
# Seen on 2026-11-28 with keras 3.15.1, torch 2.13.0 and jax 0.10.2 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile \
  keras==3.15.1 torch==2.13.0 jax==0.10.2 numpy==2.4.6

cd "$room"
cat >train.py <<'END'
import keras
import numpy as np

x, y = np.ones((8, 3), "float32"), np.zeros((8, 1), "float32")


def dense(device):
    with keras.device(device):
        layer = keras.layers.Dense(1, kernel_initializer="ones")
        model = keras.Sequential([keras.Input((3,)), layer])
        model.compile("sgd", "mse")
    return model


def moved(model):
    """Whether the weights are no longer those that they were made with."""
    return "unchanged" if (model.get_weights()[0] == 1).all() else "trained"


def fit(device):
    model = dense(device)
    model.fit(x, y, verbose=0)
    return moved(model)


def loop(device):
    import torch

    model = dense(device)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model(x).square().mean().backward()
    optimizer.step()
    return f"{moved(model)}, {len(list(model.parameters()))} parameters"


def dropout(device):
    with keras.device(device):
        keras.layers.Dropout(0.5)(x, training=True)
    return "called"


for function in (fit, dropout, loop):
    for device in ("cpu", "cpu:0"):
        if function is loop and keras.backend.backend() != "torch":
            continue
        try:
            found = function(device)
        except Exception as error:  # shown and compared
            found = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        print(f"{function.__name__}, {device}: {found}")
END
export KERAS_HOME=$room JAX_PLATFORMS=cpu
on_jax=$(KERAS_BACKEND=jax venv/bin/python -W ignore train.py)
on_torch=$(KERAS_BACKEND=torch venv/bin/python -W ignore train.py)
printf 'Expected, and seen on JAX:\n%s\nSeen on PyTorch:\n%s\n' "$on_jax" "$on_torch"
[ "$on_jax" = "fit, cpu: trained
fit, cpu:0: trained
dropout, cpu: called
dropout, cpu:0: called" ] &&
  [ "$on_torch" = "fit, cpu: trained
fit, cpu:0: ValueError: No gradients provided for any variable.
dropout, cpu: called
dropout, cpu:0: RuntimeError: Only Tensors of floating point and complex dtype can require gradients
loop, cpu: trained, 2 parameters
loop, cpu:0: unchanged, 4 parameters" ] &&
  echo "as described" || { echo CHANGED; exit 1; }
