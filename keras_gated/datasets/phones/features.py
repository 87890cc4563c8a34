"""From a waveform to the energies that models of this package were trained on."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer

Floats = npt.NDArray[np.float32]

WINDOW_SECONDS, HOP_SECONDS = 0.025, 0.010
_FULL_SCALE = 32768
_LOWEST_RATE = 1000
_FEWEST_BINS = 512
_STEP = 0.5
"""Decibels that the published energies are kept in."""


def log_mel(
    samples: npt.ArrayLike,
    sample_rate: int,
    bands: int = 40,
    lowest: float = 64.0,
    highest: float | None = None,
) -> Floats:
    r"""Energies of mel bands, in decibels, 100 times a second.

    A frame is the energy in triangular bands, at equal distances on the mel scale
    $1127 \ln(1 + f / 700)$, of 25 ms under a Hann window, with samples from -32,768 to
    32,767; in decibels, $10 \log_{10}(E + 1)$, and rounded to half a decibel. The next
    frame begins 10 ms later. So the frames of `phones.load` were made, to the digit.

    Args:
        samples: `(samples,)`: int16, or floats from -1 to 1, as `speech.read_wav` and
            soundfile return them.
        sample_rate: Samples per second.
        bands: How many bands there are.
        lowest: Where the first band begins, in Hz.
        highest: Where the last one ends; `None` for 8,000 Hz, or half of the sample
            rate if that is less.

    Returns:
        `(frames, bands)`.

    Raises:
        ValueError: If the samples are no finite numbers, or too few for a frame, or the
            bands lie beyond half of the sample rate.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets.phones import log_mel
        >>> tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
        >>> frames = log_mel(tone, 16_000)
        >>> frames.shape, int(frames[50].argmax())
        ((98, 40), 6)
    """
    waveform = waveform_of(samples)
    window, hop = window_and_hop(sample_rate)
    if len(waveform) < window:
        raise ValueError(
            f"A frame needs 25 ms, {window} samples. Received {len(waveform)} samples "
            f"at {sample_rate} a second."
        )
    highest = min(8000.0, sample_rate / 2) if highest is None else highest
    if not is_integer(bands, 1) or not 0 <= lowest < highest <= sample_rate / 2:
        raise ValueError(
            f"There are no {bands} bands from {lowest} to {highest} Hz: they lie "
            f"between 0 and half of {sample_rate} Hz, and are one or more."
        )
    pieces = np.lib.stride_tricks.sliding_window_view(waveform, window)[::hop]
    bins = max(_FEWEST_BINS, 1 << (window - 1).bit_length())
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    power = np.abs(np.fft.rfft(pieces * hann, bins)) ** 2
    energy = power @ _triangles(bins, sample_rate, bands, lowest, highest)
    decibels = 10 * np.log10(energy + 1)
    return np.asarray(np.round(decibels / _STEP) * _STEP, np.float32)


def window_and_hop(sample_rate: int) -> tuple[int, int]:
    """Samples of a frame, and from one to the next.

    Raises:
        ValueError: If the sample rate is none.
    """
    if not is_integer(sample_rate, at_least=_LOWEST_RATE):
        raise ValueError(
            f"log_mel needs a sample_rate of {_LOWEST_RATE:,} or more, an integer. "
            f"Received {sample_rate!r}."
        )
    return round(WINDOW_SECONDS * sample_rate), round(HOP_SECONDS * sample_rate)


def waveform_of(samples: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Samples as floats from -32,768 to 32,767.

    Raises:
        ValueError: If they are no finite numbers.
    """
    array = np.asarray(samples)
    is_float = np.issubdtype(array.dtype, np.floating)
    if array.ndim != 1 or not (is_float or array.dtype == np.int16):
        raise ValueError(
            "log_mel needs one channel, (samples,), of int16 or of floats from -1 to "
            f"1. Received {array.dtype} of shape {array.shape}."
        )
    if not np.isfinite(array).all():
        raise ValueError("log_mel needs finite samples. Received NaN or infinity.")
    return array.astype(np.float64) * (_FULL_SCALE if is_float else 1)


@lru_cache(maxsize=8)
def _triangles(
    bins: int, sample_rate: int, bands: int, lowest: float, highest: float
) -> npt.NDArray[Any]:
    """What each frequency of the transform is worth in each band."""
    mel = np.linspace(_mel(lowest), _mel(highest), bands + 2)
    edges = 700 * np.expm1(mel / 1127)
    frequencies = np.fft.rfftfreq(bins, 1 / sample_rate)[:, np.newaxis]
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))


def _mel(hertz: float) -> float:
    return float(1127 * np.log1p(hertz / 700))
