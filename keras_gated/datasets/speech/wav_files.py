"""WAV files as recordings at one sample rate."""

import math
import os
from pathlib import Path

import numpy as np

from keras_gated._extras import needing
from keras_gated._integers import is_integer
from keras_gated.datasets.speech._fact_chunk import recorded_frames
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
    return [read_wav(path, sample_rate) for path in wav_paths(folder)]


def wav_paths(folder: Path) -> list[Path]:
    """Every WAV file in `folder` and below, in the order of their names.

    Raises:
        ValueError: Where there is none.
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
    return paths


def read_wav(path: str | os.PathLike[str], sample_rate: int) -> Samples:
    """Reads a WAV file of any kind as one channel at one sample rate.

    Channels are averaged. Other sample rates, 1,000 to 192,000 per second, are
    converted. What codecs such as GSM 6.10 and ADPCM fill the last block up with is
    cut off: the file says how many samples were recorded. Of a file that ends early
    come the samples that are there.

    Args:
        path: A WAV, WAVEX or RF64 file, of 8 to 64 bits, floats, mu-law, A-law, GSM
            6.10 or ADPCM.
        sample_rate: Samples per second to convert to, 192,000 at most.

    Returns:
        `(samples,)`, float32 in units of full scale, -1 to 1.

    Raises:
        ValueError: If the file is no WAV file or broken, holds no samples, or some
            that are not finite, or has a sample rate that is not converted; or if
            `sample_rate` is out of range.
        FileNotFoundError: If there is no such file.
        ImportError: If soundfile is missing, or SciPy to convert the sample rate.

    Examples:
        >>> from keras_gated.datasets.speech import read_wav
        >>> read_wav("hello.wav", sample_rate=16_000).shape  # doctest: +SKIP
        (20480,)
    """
    path = Path(path).expanduser()
    if not is_integer(sample_rate, at_least=1) or sample_rate > _HIGHEST_RATE:
        raise ValueError(
            f"sample_rate must be an integer from 1 to {_HIGHEST_RATE}, received "
            f"{sample_rate!r}"
        )
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not a file")
    with needing(f"{path}: reading WAV files needs soundfile", "speech"):
        import soundfile
    try:
        # Other formats unpack to what they please, whatever their size.
        if (kind := soundfile.info(path).format) not in _FORMATS:
            raise ValueError(f"{path} is {kind}, not WAV")
        channels, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise ValueError(f"{path} cannot be read as a WAV file: {error}") from error
    channels = channels[: recorded_frames(path)]
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
