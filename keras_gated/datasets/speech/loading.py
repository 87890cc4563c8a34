"""`load`: a source of speech in, a `SpeechDataset` out."""

import os
from pathlib import Path

import numpy as np

from keras_gated._integers import check_seed, is_integer, positive_integers
from keras_gated.datasets.speech._catalogue import CATALOGUE
from keras_gated.datasets.speech._find import find, read_canonical
from keras_gated.datasets.speech._recordings import SAMPLE_RATE
from keras_gated.datasets.speech._windows import (
    FEWEST_SEQUENCES,
    Samples,
    cut,
    split_windows,
)
from keras_gated.datasets.speech.dataset import SpeechDataset, fingerprint
from keras_gated.datasets.speech.wav_files import read_wav, read_wav_folder

SOURCES = tuple(CATALOGUE)
"""The names that `load` knows; any other source is a folder or a file."""

STUDY_SEQUENCES = 7230
"""The sequences of set A."""

_FULL_SCALE = 32768


def load(
    source: str | os.PathLike[str],
    sequences: int | None = None,
    length: int = 500,
    data_dir: str | os.PathLike[str] | None = None,
    seed: int = 0,
    download: bool = True,
    silence_rms: float = 100 / _FULL_SCALE,
    sample_rate: int = SAMPLE_RATE,
) -> SpeechDataset:
    """Loads sequences of raw speech samples.

    They stand in for the two sets of raw speech in the study, by Ubisoft, which were
    never public: A has 7,230 sequences of 500 samples (the defaults), B 800 of 8,000.
    Results on them do not compare with the study's. A recording of your own will do
    as well.

    Sources:

    - `"fsdd"`: the Free Spoken Digit Dataset, 3,000 digits by 6 speakers, 8 kHz,
      CC BY-SA 4.0. Enough for A; its recordings are too short for B.
    - `"asterisk"`: the English prompts of Asterisk, 554 recordings of one speaker,
      8 kHz, CC BY-SA 3.0. Enough for A and for B.
    - The path of a WAV file, or of a folder: all WAV files in it and below it, in the
      order of their names. Channels are averaged and the samples converted to
      `sample_rate`.

    The file of a named source is looked for in this order:

    1. `data_dir`, and nowhere else, if it is given;
    2. the folder that the environment variable `KERAS_GATED_DATA` names;
    3. Keras' cache, `datasets/keras_gated/speech` in `KERAS_HOME` or `~/.keras`;
    4. the web, whence it goes into the cache.

    A folder may hold the file itself or in `speech`. Only the published recordings
    are accepted.

    Each recording is cut into windows that neither overlap nor reach into another
    recording. Near-silent windows are dropped: those whose root mean square is below
    `silence_rms`. A tenth of `sequences` each, rounded, goes to valid and test, the
    rest to train. No recording is in two splits: recordings in an order drawn from
    `seed` fill test, then valid, then train, and what no longer fits is left out.
    Fewer than three recordings are split by time: the first `sequences` windows, in
    their order, are train, then valid, then test.
    All splits are scaled by mean and standard deviation of the training samples.

    Args:
        source: One of `speech.SOURCES`, or the path of a WAV file or of a folder of
            them.
        sequences: Windows to use, in all splits together; at least 6. By default
            7,230 of a named source, and as many of your own recordings as can be.
        length: Samples of a window.
        data_dir: Folder with the file of a named source.
        seed: Seed of the order of recordings.
        download: Whether the web may be asked.
        silence_rms: Least root mean square of a window, in units of full scale. 0
            keeps every window.
        sample_rate: Samples per second to convert WAV files to, 192,000 at most. The
            named sources have 8,000.

    Returns:
        A `SpeechDataset`.

    Raises:
        ValueError: For an unknown `source`, an argument out of range, a file that is
            broken or holds other recordings, or a source with too few windows; says
            how many there are.
        DatasetNotFoundError: Where no place has the source. It is both a
            `ValueError` and a `FileNotFoundError`.
        ImportError: Where a WAV file needs soundfile, or SciPy to be converted to
            another sample rate, and it is missing.

    Examples:
        >>> from keras_gated.datasets import speech
        >>> speech.SOURCES
        ('fsdd', 'asterisk')
        >>> data = speech.load("fsdd")  # doctest: +SKIP
        >>> data.train.shape, data.valid.shape  # doctest: +SKIP
        ((5784, 500), (723, 500))

    Reference:
        Chung et al., arXiv 1412.3555, section 4 (sizes).
    """
    _check_arguments(sequences, length, seed, silence_rms, sample_rate)
    name, where, recordings = _read(source, data_dir, download, sample_rate)
    if sequences is None and source in CATALOGUE:
        sequences = STUDY_SEQUENCES
    try:
        splits = split_windows(
            cut(recordings, length, silence_rms),
            list(map(len, recordings)),
            sequences,
            seed,
        )
    except ValueError as error:
        raise ValueError(f"{where}, in windows of {length} samples: {error}") from error
    mean = float(splits["train"].mean(dtype=np.float64))
    std = float(splits["train"].std(dtype=np.float64))
    if std == 0:
        raise ValueError(
            f"{where}: all training samples equal {mean}, nothing to scale"
        )
    scaled = {
        split: ((windows - mean) / std).astype(np.float32)
        for split, windows in splits.items()
    }
    return SpeechDataset(
        name=name,
        **scaled,
        mean=mean,
        std=std,
        sample_rate=sample_rate,
        source=where,
        fingerprint=fingerprint(splits, sample_rate, mean, std),
    )


def _read(
    source: str | os.PathLike[str],
    data_dir: str | os.PathLike[str] | None,
    download: bool,
    sample_rate: int,
) -> tuple[str, str, list[Samples]]:
    if source not in CATALOGUE:
        path = Path(source).expanduser()
        if path.is_dir():
            recordings = read_wav_folder(path, sample_rate)
            return path.resolve().name, str(path), recordings
        if path.is_file():
            return path.stem, str(path), [read_wav(path, sample_rate)]
        raise ValueError(
            f"source {os.fspath(source)!r} is neither one of {', '.join(SOURCES)} "
            "nor a folder nor a file"
        )
    name = str(source)
    if sample_rate != SAMPLE_RATE:
        raise ValueError(
            f"{name} has {SAMPLE_RATE} samples per second, received sample_rate "
            f"{sample_rate}; only WAV files are converted"
        )
    path = find(name, data_dir, download)
    recordings = [
        np.divide(recording, _FULL_SCALE, dtype=np.float32)
        for recording in read_canonical(path, name)
    ]
    return name, str(path), recordings


def _check_arguments(
    sequences: int | None,
    length: int,
    seed: int,
    silence_rms: float,
    sample_rate: int,
) -> None:
    if sequences is not None and not is_integer(sequences, FEWEST_SEQUENCES):
        raise ValueError(
            f"sequences must be at least {FEWEST_SEQUENCES}, for one in valid and one "
            f"in test, received {sequences!r}"
        )
    positive_integers(length=length, sample_rate=sample_rate)
    check_seed(seed)
    if not 0 <= silence_rms <= 1:
        raise ValueError(f"silence_rms must be from 0 to 1, received {silence_rms}")
