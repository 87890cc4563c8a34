#!/usr/bin/env bash
# Keras on PyTorch: `keras.ops.associative_scan` makes float32 of everything.
#
# Expected: the results have the dtype of the elements, as on the other backends.
# Seen: whatever comes in, float32 comes out, from two elements on. Complex numbers lose their
# imaginary part: the running product of 1j, 1j, 1j is 0 instead of -1j, with a warning of
# PyTorch that complex values are cast. Integers beyond 2**24 are rounded, doubles come back
# with 7 digits, float16 and bfloat16 grow to twice their size, and booleans raise a
# NotImplementedError. Results are put together in a tensor of zeros of PyTorch's default dtype.
# Size: it is what linear recurrences are computed with. Those with complex states, such as S5
# and LRU, are wrong on this backend from the second step on; in mixed precision the states of
# all steps take twice the memory.
#
# No thread is known of it. What to do: scan real and imaginary parts as two elements, doubles
# with a loop, and cast the results back.
#
# Seen on 2026-11-29 with keras 3.15.1 and torch 2.13.0, on the CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile keras==3.15.1 torch==2.13.0

cd "$room"
HOME=$room KERAS_BACKEND=torch venv/bin/python -W ignore - <<'END'
import sys

import keras
import numpy as np
import torch
from keras import ops

assert torch.get_default_dtype() == torch.float32
CASES = {
    "complex64": (np.multiply, [1j, 1j, 1j], -1j, 0.0),
    "int64": (np.add, [2**24, 1, 1, 1], 2**24 + 3, 2**24 + 4),
    "float64": (np.add, [1.0, 1e-9, 1e-9], 1 + 2e-9, 1.0),
    "float16": (np.add, [1, 1, 1], 3, 3),
}
"""By dtype: operation, elements, the last result as it should be and as it is."""

print(f"keras {keras.__version__}, torch {torch.__version__}")
as_described = True
for dtype, (operation, elements, expected, seen) in CASES.items():
    x = np.array(elements, dtype)
    right = operation.accumulate(x)[-1]
    function = ops.multiply if operation is np.multiply else ops.add
    found = ops.associative_scan(function, ops.convert_to_tensor(x, dtype=dtype))
    print(f"{dtype}: last of {x}: {right}; here {found[-1].item()!r}, {found.dtype}")
    as_described &= bool(np.isclose(right, expected, rtol=1e-12))
    as_described &= found.dtype == torch.float32 and found[-1].item() == seen
try:
    ops.associative_scan(ops.logical_or, ops.convert_to_tensor([False, True]))
    as_described = False
except NotImplementedError as error:
    print("bool:", error)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
