#!/usr/bin/env bash
# pydub: set_frame_rate folds what the new rate cannot hold down into the band of speech.
#
# Expected: a change from 44.1 to 16 kHz leaves out what lies above 8 kHz, as resampling in
# librosa does.
# Seen: samples are interpolated on straight lines with no filter before. A tone of 12 kHz
# becomes one of 4 kHz, only 2 dB softer.
# Size: white noise keeps 67 % of its power where 36 % can be held, and half of what comes
# out stems from frequencies that should be gone. Sibilants, hiss and cymbals become sounds
# that were never there, in recordings prepared so and not in those resampled otherwise.
#
# The step is audioop.ratecv of Python. That it has no filter is said in
# gptme/gptme-contrib#806; jiaaro/pydub#817, open, asks for pydub's algorithm.
# What to do: resample with soxr, as below.
#
# Seen on 2026-11-29 with pydub 0.25.1, soxr 1.1.0 and numpy 2.4.6.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile pydub==0.25.1 soxr==1.1.0 numpy==2.4.6

cd "$room"
venv/bin/python -W ignore - <<'END'
import importlib.metadata
import sys

import numpy as np
import pydub
import soxr

names = ("pydub", "soxr", "numpy")
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in names))
OLD, NEW, SECONDS = 44_100, 16_000, 2
time = np.arange(SECONDS * OLD) / OLD


def with_pydub(samples):
    wave = pydub.AudioSegment(
        samples.tobytes(), frame_rate=OLD, sample_width=2, channels=1
    ).set_frame_rate(NEW)
    return np.array(wave.get_array_of_samples(), float)


def with_soxr(samples):
    return soxr.resample(samples, OLD, NEW).astype(float)


def level(before, after):
    """The power after a change of rate over that before it, in dB."""
    power = np.mean(np.square(after)) / np.mean(np.square(before.astype(float)))
    return 10 * np.log10(power)


def loudest(samples):
    """The frequency in Hz with the most power."""
    windowed = samples * np.hanning(len(samples))
    return float(np.abs(np.fft.rfft(windowed)).argmax() / SECONDS)


def cut_below(samples, limit):
    spectrum = np.fft.rfft(samples)
    spectrum[: limit * SECONDS] = 0
    return np.fft.irfft(spectrum)


tone = np.round(16_000 * np.sin(2 * np.pi * 12_000 * time)).astype("int16")
white = 4_000 * np.random.default_rng(0).normal(size=len(time))
noise = np.round(white).astype("int16")
high = np.round(cut_below(white, NEW // 2)).astype("int16")

print(f"Expected: silence for a tone of 12 kHz and for noise above 8 kHz, "
      f"and {10 * np.log10(NEW / OLD):.1f} dB for white noise.")
seen = {}
for change in (with_soxr, with_pydub):
    seen[change] = [level(sound, change(sound)) for sound in (tone, high, noise)]
    levels = ", ".join(f"{value:.1f}" for value in seen[change])
    print(f"Seen: {change.__name__}: {levels} dB")
pitch = loudest(with_pydub(tone))
print(f"Seen: with_pydub: the tone of 12 kHz is one of {pitch:.0f} Hz")
folded, of_high, of_noise = seen[with_pydub]
as_described = (
    max(seen[with_soxr][:2]) < -40
    and folded > -3
    and pitch == 4_000
    and of_high > -6
    and of_noise > seen[with_soxr][2] + 2
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
