"""Piano rolls as sound, and sound as WAV files."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated._extras import needing
from keras_gated._files import replacing
from keras_gated.generation._needs import check_positive, read_samples
from keras_gated.generation._notes import LOWEST_PITCH, read_notes

Samples = npt.NDArray[np.float32]

CONCERT_PITCH, CONCERT_HERTZ = 69, 440.0
HARMONICS = 8
LOUDNESS_FALL = 1.6
"""The k-th harmonic has the amplitude 1 / k ** LOUDNESS_FALL."""

DECAY = 0.8
"""Per second, for the first harmonic; the k-th decays k times as fast."""

ATTACK_SECONDS, RELEASE_SECONDS = 0.01, 0.12
PEAK = 0.9
HIGHEST_RATE = 2**31 - 1


def synthesize(
    roll: Any,
    step_seconds: float = 0.5,
    sample_rate: int = 22_050,
    lowest_pitch: int = LOWEST_PITCH,
) -> Samples:
    """Plays a piano roll as decaying sums of harmonics, somewhat like plucked strings.

    A pitch that is on in steps that follow each other is struck once and held. Notes
    begin and end in smooth ramps; the last ones fade out after the last step.

    Args:
        roll: Zeros and ones `(steps, pitches)`.
        step_seconds: Duration of a step.
        sample_rate: Samples per second.
        lowest_pitch: MIDI pitch of the first column.

    Returns:
        Samples in float32, the largest of magnitude 0.9; zeros for silence.

    Raises:
        ValueError: If `roll` is no piano roll or another argument is out of range.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.generation import synthesize
        >>> roll = np.zeros((4, 88), "uint8")
        >>> roll[:, [39, 43, 46]] = 1
        >>> samples = synthesize(roll, step_seconds=0.5, sample_rate=8000)
        >>> samples.dtype, round(float(abs(samples).max()), 2)
        (dtype('float32'), 0.9)
    """
    check_positive("synthesize", step_seconds=step_seconds, sample_rate=sample_rate)
    notes = read_notes(roll, lowest_pitch)
    times = (
        (note.pitch, note.start * step_seconds, note.end * step_seconds)
        for note in notes
    )
    return mix(times, len(roll) * step_seconds, sample_rate)


def mix(
    notes: Iterable[tuple[int, float, float]], seconds: float, sample_rate: int
) -> Samples:
    """Plays notes.

    Args:
        notes: MIDI pitch, and when it begins and ends, in seconds.
        seconds: When the last one ends.
        sample_rate: Samples per second.
    """
    release = round(RELEASE_SECONDS * sample_rate)
    samples = np.zeros(round(seconds * sample_rate) + release)
    for pitch, begins, ends in notes:
        start = round(begins * sample_rate)
        end = round(ends * sample_rate) + release
        samples[start:end] += _tone(pitch, end - start, sample_rate)
    return _normalised(samples)


def _tone(pitch: int, length: int, sample_rate: int) -> npt.NDArray[np.float64]:
    """A note of `length` samples, the release included."""
    hertz = CONCERT_HERTZ * 2 ** ((pitch - CONCERT_PITCH) / 12)
    time = np.arange(length) / sample_rate
    tone = np.zeros(length)
    for harmonic in range(1, HARMONICS + 1):
        # Beyond half the sample rate it would sound as another pitch.
        if harmonic * hertz < sample_rate / 2:
            amplitude = harmonic**-LOUDNESS_FALL * np.exp(-DECAY * harmonic * time)
            tone += amplitude * np.sin(2 * np.pi * harmonic * hertz * time)
    ramps = np.minimum(time / ATTACK_SECONDS, time[::-1] / RELEASE_SECONDS)
    envelope: npt.NDArray[np.float64] = np.sin(np.pi / 2 * np.minimum(ramps, 1)) ** 2
    return tone * envelope


def write_wav(path: str | os.PathLike[str], samples: Any, sample_rate: int) -> None:
    """Writes samples as a WAV file of 16 bits and one channel, as loud as fits.

    Args:
        path: The file; its folder is made if it is not there.
        samples: Real numbers `(time,)` in any unit: what `synthesize` returns, or what
            a model of speech has generated, end to end. They are scaled to a peak of
            0.9 of full scale.
        sample_rate: Samples per second of these samples: the `sample_rate` of a
            `keras_gated.datasets.speech.SpeechDataset`, or what `synthesize` was
            given.

    Raises:
        ValueError: If `samples` is no such array or `sample_rate` is not an integer in
            range.
        ImportError: If soundfile is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from keras_gated.generation import write_wav
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_wav(Path(folder) / "a.wav", np.sin(np.arange(800)), 8000)
        ...     (Path(folder) / "a.wav").read_bytes()[:4]
        b'RIFF'
    """
    samples = read_samples("write_wav", samples)
    if sample_rate != int(sample_rate) or not 1 <= sample_rate <= HIGHEST_RATE:
        raise ValueError(
            f"write_wav needs an integer sample_rate from 1 to {HIGHEST_RATE}. "
            f"Received {sample_rate}."
        )
    with needing("write_wav needs soundfile. Install it with", "generate"):
        import soundfile
    with replacing(Path(path)) as file:
        soundfile.write(
            file, _normalised(samples), int(sample_rate), "PCM_16", format="WAV"
        )


def _normalised(samples: npt.NDArray[Any]) -> Samples:
    peak = np.abs(samples).max()
    return (samples * (PEAK / peak if peak else 1)).astype(np.float32)
