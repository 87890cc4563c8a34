#!/usr/bin/env bash
# Pallas, interpreted with 64 bits: a kernel can load a block, and not store it at its place.
#
# Expected: with jax_enable_x64, as many programs of science and tests against float64 set
# it, a kernel runs interpreted as it does without; what can be loaded from a place can be
# stored there.
# Seen: the number of a program has 32 bits, and a plain 0 or the counter of fori_loop then
# has 64. triton.load makes the two alike, triton.store does not: a TypeError about indexes
# of dynamic_slice, which the kernel does not contain. Assigned, as in `out[place] = tile`,
# the same tile goes to the same place; only triton.store takes a mask, though.
# Size: kernels for GPUs whose tests run on a CPU, in a process that has set 64 bits.
#
# No thread is known. It stands in the source: of two rules side by side (primitives.py of
# jax/_src/pallas) that of load gives all starts one type, that of store hands them on.
# What to do: count in one type throughout: `pl.ds(jnp.int32(0), 4)`, and
# `fori_loop(jnp.int32(0), jnp.int32(n), ...)`.
#
# Seen on 2026-11-28 with jax 0.10.2 on a CPU; 0.11.2 and 0.12.0.1 did the same.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile jax==0.10.2 numpy==2.4.6

cd "$room"
JAX_PLATFORMS=cpu venv/bin/python -W ignore - <<'END'
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton


def loaded(x, out):
    place = pl.ds(pl.program_id(0), 1), pl.ds(0, 4)
    out[place] = triton.load(x.at[place])


def stored(x, out):
    place = pl.ds(pl.program_id(0), 1), pl.ds(0, 4)
    triton.store(out.at[place], x[place])


def stored_in_32_bits(x, out):
    place = pl.ds(pl.program_id(0), 1), pl.ds(jnp.int32(0), 4)
    triton.store(out.at[place], x[place])


def run(kernel):
    """What becomes of an array that is copied row by row."""
    x = jnp.arange(16, dtype="float32").reshape(4, 4)
    copy = pl.pallas_call(kernel, out_shape=x, grid=(4,), interpret=True)
    try:
        return "copied" if np.array_equal(copy(x), x) else "other numbers"
    except Exception as error:  # shown and compared
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


print(f"jax {jax.__version__}, numpy {np.__version__}")
print("Expected: copied, whatever the kernel.")
seen = {}
for bits in (32, 64):
    jax.config.update("jax_enable_x64", bits == 64)
    for kernel in (loaded, stored, stored_in_32_bits):
        seen[bits, kernel.__name__] = run(kernel)
        print(f"Seen: {bits} bits, {kernel.__name__}: {seen[bits, kernel.__name__]}")
wrong = seen.pop((64, "stored"))
as_described = set(seen.values()) == {"copied"} and wrong.startswith("TypeError: index")
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
