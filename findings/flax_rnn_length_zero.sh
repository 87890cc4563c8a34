#!/usr/bin/env bash
# Flax, `RNN` with `seq_lengths`: a sequence of length 0 gets the state behind its padding.
#
# Expected: `return_carry` gives the state behind the last step that counts. Where no step
# counts that is the carry that came in.
# Seen: with length 0 it is the state behind all steps, padding included: the carry is taken
# from step `length - 1`, and -1 is the last one. Lengths from 1 on are right. So it is in
# `linen` and `nnx`, for GRU and LSTM, forwards and with `reverse`, where what stands in the
# padding changes the answer. No error is given.
# Size: who carries states from chunk to chunk of a batch meets it as soon as one sequence ends
# before the others: it has length 0 in each chunk that follows, and its last state, which is
# the summary of the sequence, is lost. So does an empty text in a batch of documents.
#
# The docs say that outputs at padding are not zeroed, and nothing of length 0.
# What to do: keep the carry that came in where the length is 0, with `jnp.where`.
#
# Seen on 2026-11-29 with flax 0.12.8 and jax 0.10.2.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile flax==0.12.8 jax==0.10.2 jaxlib==0.10.2

cd "$room"
HOME=$room venv/bin/python - <<'END'
import sys

import flax
import jax
import jax.numpy as jnp
import numpy as np
from flax import linen, nnx

x = jax.random.normal(jax.random.key(0), (3, 6, 2))
lengths = np.array([6, 2, 4])


def of_linen(cell, reverse):
    layer = linen.RNN(cell(4), return_carry=True, reverse=reverse)
    weights = layer.init(jax.random.key(1), x)
    return lambda x, carry, n: layer.apply(
        weights, x, initial_carry=carry, seq_lengths=jnp.asarray(n)
    )[0]


def of_nnx(cell, reverse):
    layer = nnx.RNN(cell(2, 4, rngs=nnx.Rngs(1)), return_carry=True, reverse=reverse)
    return lambda x, carry, n: layer(
        x, initial_carry=carry, seq_lengths=jnp.asarray(n), rngs=nnx.Rngs(0)
    )[0]


def distances(a, b):
    leaves = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return np.max([np.abs(x - y).max(1) for x, y in leaves], axis=0)


def start(name, value=0.5):
    state = jnp.full((3, 4), value)
    return (state, state) if "LSTM" in name else state


print(f"flax {flax.__version__}, jax {jax.__version__}")
as_described = True
for make, cells in (
    (of_linen, (linen.GRUCell, linen.LSTMCell)),
    (of_nnx, (nnx.GRUCell, nnx.LSTMCell)),
):
    for cell in cells:
        name = f"{make.__name__[3:]}.{cell.__name__}"
        run = make(cell, reverse=False)
        # Whole, and in two chunks of three steps; the second sequence ends in the first.
        whole = run(x, start(name), lengths)
        half = run(x[:, :3], start(name), np.clip(lengths, 0, 3))
        ends = run(x[:, 3:], half, np.clip(lengths - 3, 0, 3))
        by_chunks = distances(whole, ends)
        # No step counts at all.
        empty = {
            reverse: distances(
                make(cell, reverse)(x, start(name), np.array([6, 0, 4])), start(name)
            )[1]
            for reverse in (False, True)
        }
        # Other padding, another carry.
        other = run(x.at[1].add(1.0), start(name), np.array([6, 0, 4]))
        by_padding = distances(run(x, start(name), np.array([6, 0, 4])), other)[1]
        print(
            f"{name}: whole against chunks, lengths {lengths.tolist()}:",
            [round(float(d), 3) for d in by_chunks],
        )
        print(
            "    length 0, distance from the carry that came in:",
            f"{empty[False]:.3f} forwards, {empty[True]:.3f} with reverse;",
            f"by other padding: {by_padding:.3f}",
        )
        as_described &= by_chunks[0] < 1e-5 and by_chunks[2] < 1e-5
        as_described &= by_chunks[1] > 0.1 and min(empty.values()) > 0.1
        as_described &= by_padding > 0.1
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
