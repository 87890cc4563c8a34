#!/usr/bin/env bash
# librosa: 8-bit mu-law and back makes a waveform 2 % softer and noisier than it has to be.
#
# Expected: mu_expand(mu_compress(x)) is x but for the rounding to one of 256 levels, which
# goes either way: a gain of 1, and no more noise than that.
# Seen: mu_compress cuts towards zero on a grid with steps of 2/255, mu_expand reads the
# codes on a grid with steps of 2/256. Each sample comes back nearer to zero: full scale as
# 0.957, a tone of 0.9 with 0.98 of its amplitude.
# Size: 33 dB between signal and noise where rounding to the nearest of 256 levels has 37.
# Audio that a model made from such codes is softer than the recordings it learnt from, and
# errors of waveforms have a floor that belongs to the code. Coding a second time moves
# nothing, so a check of codes does not see it.
#
# The grids stand in librosa.mu_compress and librosa.mu_expand (quantize=True, the default).
# What to do: mu_compress(..., quantize=False), then round to levels and back yourself, as
# below.
#
# Seen on 2026-11-28 with librosa 0.11.0 and numpy 2.4.6.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile librosa==0.11.0 numpy==2.4.6

cd "$room"
NUMBA_CACHE_DIR=$room venv/bin/python - <<'END'
import sys

import librosa
import numpy as np

print(f"librosa {librosa.__version__}, numpy {np.__version__}")
tone = 0.9 * np.sin(0.1234 * np.arange(48_000))


def compare(back):
    """The gain, and the signal over the noise in dB."""
    noise = np.mean(np.square(back - tone))
    return tone @ back / (tone @ tone), 10 * np.log10(np.mean(np.square(tone)) / noise)


codes = librosa.mu_compress(tone)
gain, ratio = compare(librosa.mu_expand(codes))
levels = np.round(127.5 * (librosa.mu_compress(tone, quantize=False) + 1))
best_gain, best_ratio = compare(librosa.mu_expand(levels / 127.5 - 1, quantize=False))
loudest = librosa.mu_expand(librosa.mu_compress(np.ones(1)))[0]

print(f"Expected: gain {best_gain:.4f}, {best_ratio:.1f} dB, by rounding to 256 levels.")
print(f"Seen: gain {gain:.4f}, {ratio:.1f} dB; 1.0 comes back as {loudest:.3f}")
as_described = (
    abs(best_gain - 1) < 2e-3
    and 0.975 < gain < 0.985
    and best_ratio - ratio > 3
    and abs(loudest - 0.957) < 1e-3
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
