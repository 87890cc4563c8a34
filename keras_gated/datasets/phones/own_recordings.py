"""WAV files of one's own with what is said in them."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.phones.features import log_mel
from keras_gated.datasets.speech import read_wav
from keras_gated.datasets.speech.wav_files import wav_paths


@dataclass(frozen=True, eq=False)
class Recording:
    """A WAV file with its transcript.

    Args:
        frames: `(time, bands)`, its frames by `log_mel`.
        transcript: What is said, as the file beside it has it.
        path: The WAV file.
    """

    frames: npt.NDArray[np.float32] = field(repr=False)
    transcript: str
    path: Path


def read_folder(
    folder: str | os.PathLike[str], sample_rate: int = 16_000
) -> list[Recording]:
    """Reads WAV files and the text files of the same names beside them.

    A transcript has the phones, or whatever is to be recognised, with spaces between
    them; `encode` makes labels of it.

    Args:
        folder: Where the files are, in it and below it; read in the order of their
            names.
        sample_rate: Samples per second to convert to, 192,000 at most.

    Returns:
        A `Recording` for each WAV file.

    Raises:
        ValueError: Where there is no WAV file, one cannot be read or is shorter than a
            frame, or has no transcript; names it.
        ImportError: Where soundfile or SciPy is missing.

    Examples:
        >>> from keras_gated.datasets import phones
        >>> recordings = phones.read_folder("my_speech")  # doctest: +SKIP
        >>> recordings[0].transcript  # doctest: +SKIP
        'hh ax l ow'
    """
    folder = Path(folder).expanduser()
    return [_read(path, sample_rate) for path in wav_paths(folder)]


def _read(path: Path, sample_rate: int) -> Recording:
    transcript = path.with_suffix(".txt")
    if not transcript.is_file():
        raise ValueError(
            f"{path} has no transcript: {transcript.name} is not beside it"
        )
    try:
        # Editors on Windows begin a file with the mark that this leaves out.
        text = transcript.read_text("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{transcript} is no text in UTF-8: {error}") from error
    samples = read_wav(path, sample_rate)
    try:
        frames = log_mel(samples, sample_rate)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return Recording(frames, text, path)
