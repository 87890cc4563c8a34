"""WAV files as recordings at one sample rate."""

import math
from pathlib import Path

import numpy as np

from keras_gated._extras import needing
from keras_gated.datasets.speech._windows import Samples

_FORMATS = ("WAV", "WAVEX", "RF64")
_LOWEST_RATE, _HIGHEST_RATE = 1000, 192_000


def read_wav_folder(folder: Path, sample_rate: int) -> list[Samples]:
    """Reads every WAV file in `folder` and below, in the order of their names.

    Channels are averaged, and other sample rates, 1,000 to 192,000 per second, are
    converted.

    Returns:
        Samples of each file in units of full scale, -1 to 1.

    Raises:
        ValueError: Where there is no WAV file, or one cannot be read; names it.
        ImportError: Where soundfile or SciPy is missing.
    """
    paths = sorted(
        (
            path
            for path in folder.rglob("*")
            if path.suffix.lower() == ".wav" and path.is_file()
        ),
        # Paths themselves are ordered in another way on Windows.
        key=lambda path: path.relative_to(folder).as_posix(),
    )
    if not paths:
        raise ValueError(f"{folder} holds no WAV file, neither in it nor below it")
    return [read_wav(path, sample_rate) for path in paths]


def read_wav(path: Path, sample_rate: int) -> Samples:
    """Reads a WAV file, see `read_wav_folder`."""
    with needing(f"{path}: reading WAV files needs soundfile", "speech"):
        import soundfile
    try:
        # Other formats unpack to what they please, whatever their size.
        if (kind := soundfile.info(path).format) not in _FORMATS:
            raise ValueError(f"{path} is {kind}, not WAV")
        channels, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise ValueError(f"{path} cannot be read as a WAV file: {error}") from error
    if len(channels) == 0:
        raise ValueError(f"{path} holds no samples")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise ValueError(
            f"{path} has {rate} samples per second; {_LOWEST_RATE} to {_HIGHEST_RATE} "
            "are converted"
        )
    if not np.isfinite(channels).all():
        raise ValueError(f"{path} has samples that are not finite")
    mono: Samples = channels.mean(axis=1)
    return mono if rate == sample_rate else _resample(path, mono, rate, sample_rate)


def _resample(path: Path, samples: Samples, rate: int, wanted: int) -> Samples:
    with needing(f"{path}: converting {rate} Hz to {wanted} Hz needs SciPy", "speech"):
        from scipy.signal import resample_poly
    common = math.gcd(rate, wanted)
    resampled = resample_poly(
        samples.astype(np.float64), wanted // common, rate // common
    )
    return np.asarray(resampled, np.float32)
