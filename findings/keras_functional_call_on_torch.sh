#!/usr/bin/env bash
# Keras on PyTorch: torch.func.functional_call computes with the weights that a layer has.
#
# Expected: a Keras layer is a torch.nn.Module there, and functional_call(module, weights, x)
# computes with the weights that it is handed, by the names of named_parameters(). So do
# ensembles, meta-learning and gradients for each example with torch.func.
# Seen: the names are taken, strict=True finds nothing wrong, and the result is that of the
# layer's own weights: its variables hold the parameters beside the module, where
# functional_call exchanges them. A gradient to the weights handed in is zero or missing.
# Size: an ensemble has members that are all the same, and a gradient for each example cannot
# be had, without an error.
#
# No thread is known. It stands in the source of Keras' torch backend.
# What to do: `keras.StatelessScope(state_mapping=...)` exchanges weights on every backend.
#
# Seen on 2026-11-28 with keras 3.15.1 and torch 2.13.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 torch==2.13.0 numpy==2.4.6

cd "$room"
KERAS_HOME=$room KERAS_BACKEND=torch venv/bin/python - <<'END'
import sys

import keras
import numpy as np
import torch

print(f"keras {keras.__version__}, torch {torch.__version__}, numpy {np.__version__}")
torch.manual_seed(0)
x = torch.tensor(np.random.default_rng(0).normal(size=(2, 3)), dtype=torch.float32)


def with_zeros(module):
    """What a module gives, and what it gives with weights of zero."""
    zeros = {name: torch.zeros_like(p) for name, p in module.named_parameters()}
    result = torch.func.functional_call(module, zeros, (x,), strict=True)
    return [float(y.detach().abs().max()) for y in (module(x), result)]


layer = keras.layers.Dense(4)
layer.build((None, 3))
linear, dense = with_zeros(torch.nn.Linear(3, 4)), with_zeros(layer)
print(f"Expected: with weights of zero the largest output is 0, as in torch.nn.Linear: "
      f"{linear[1]}.")
print(f"Seen: {dense[1]} in keras.layers.Dense, whose own weights give {dense[0]}")
as_described = linear[1] == 0 < dense[0] == dense[1]
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
