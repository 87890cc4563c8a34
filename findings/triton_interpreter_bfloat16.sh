#!/usr/bin/env bash
# Triton: on a CPU the interpreter computes with the bits of bfloat16, as if whole numbers.
#
# Expected: TRITON_INTERPRET=1 runs a kernel without a GPU and gives its numbers, or says
# that it cannot. With float32 and float16 it gives them.
# Seen: a bfloat16 is kept as a whole number of 16 bits, and `tl.dot`, sums and products of
# bfloat16 are those of these whole numbers: 16 products of ones add up to 4.2e9. Nothing is
# raised. Widened before the operation, as in `tile.to(tl.float32)`, all is right.
# Size: on a machine without a GPU a test of a kernel in bfloat16 fails though the kernel is
# right. Triton 3.7.1 does the same.
#
# Known: the page "Debugging Triton" names it among the limits of the interpreter;
# triton-lang/triton#11584, closed in September 2026 with #11585, which was not taken in.
# What to do: widen operands of bfloat16 in the kernel where it is interpreted.
#
# Seen on 2026-11-28 with triton 3.9.0 and torch 2.13.0 on a CPU.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile triton==3.9.0 torch==2.13.0 numpy==2.4.6

cd "$room"
cat >kernels.py <<'END'
import sys

import torch
import triton
import triton.language as tl

print(f"triton {triton.__version__}, torch {torch.__version__}")


@triton.jit
def run(left, right, result, WIDE: tl.constexpr, PRODUCT: tl.constexpr):
    rows = tl.arange(0, 16)
    place = rows[:, None] * 16 + rows[None, :]
    a, b = tl.load(left + place), tl.load(right + place)
    if WIDE:
        a, b = a.to(tl.float32), b.to(tl.float32)
    tl.store(result + place, tl.dot(a, b) if PRODUCT else a + b)


def first(dtype, wide, product):
    """The first number of the product, or of the sum, of two matrices of ones."""
    ones = torch.ones(16, 16, dtype=dtype)
    result = torch.zeros(16, 16, dtype=torch.float32 if wide or product else dtype)
    run[(1,)](ones, ones, result, wide, product)
    return result[0, 0].item()


print("Expected: 16 for the product of two matrices of ones, and 2 for their sum.")
seen = {}
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    for wide in (False, True):
        found = first(dtype, wide, True), first(dtype, wide, False)
        seen[dtype, wide] = found
        print(f"Seen: {dtype}{', widened' * wide}: {found[0]:g} and {found[1]:g}")
wrong = seen.pop((torch.bfloat16, False))
as_described = set(seen.values()) == {(16.0, 2.0)} and wrong[0] > 1e9 and wrong[1] != 2.0
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
HOME=$room TRITON_INTERPRET=1 venv/bin/python -W ignore kernels.py
