"""`load`: a source of speech with phones in, a `PhoneDataset` out."""

import os
from collections.abc import Collection

from keras_gated.datasets.phones._catalogue import CATALOGUE
from keras_gated.datasets.phones._read import read_npz
from keras_gated.datasets.phones.dataset import PhoneDataset, fingerprint

SOURCES = tuple(CATALOGUE)
"""The names that `load` knows."""

_FRAMES_PER_SECOND = 100


def load(
    source: str = "flite",
    voices: Collection[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
) -> PhoneDataset:
    """Loads speech as log-mel energies with the phone at every frame.

    It stands in for TIMIT, which is licensed. Results on it do not compare with those
    on TIMIT: the speech is synthetic, and its phones are exact.

    Sources:

    - `"flite"`: 780 sentences of War and Peace by three statistical voices of the
      synthesiser flite, made from recordings of a Scottish man (`awb`), an American man
      (`rms`) and an American woman (`slt`): 40.5 minutes, 41 phones, of which `pau`
      is the pause. 200 sentences a voice are `train`, all different, and the same 20
      and 40 of all voices are `valid` and `test`. BSD-like licence.

    A frame is the energy in 40 mel bands from 64 to 8,000 Hz of 25 ms, in decibels,
    10 log10(energy + 1), kept in steps of half a decibel; the next frame comes 10 ms
    later.

    The file is looked for in `data_dir`, and nowhere else, if that is given; else in
    the folder that the environment variable `KERAS_GATED_DATA` names and in Keras'
    cache, `datasets/keras_gated/speech` in `KERAS_HOME` or `~/.keras`. A folder may
    hold the file itself or in `speech`. A file whose SHA-256 is not that of the
    published one is not read.

    Args:
        source: One of `phones.SOURCES`.
        voices: Whose utterances to take; all by default.
        data_dir: Folder with the data.

    Returns:
        A `PhoneDataset`.

    Raises:
        ValueError: For an unknown `source` or voice, or where the file is not the
            published one.
        DatasetNotFoundError: Where no place has the file. It is both a `ValueError`
            and a `FileNotFoundError`.

    Examples:
        >>> from keras_gated.datasets import phones
        >>> data = phones.load("flite", voices=["slt"])  # doctest: +SKIP
        >>> inputs, labels = data.frames("train")  # doctest: +SKIP
        >>> len(inputs), inputs[0].shape, labels[0].shape  # doctest: +SKIP
        (200, (267, 40), (267,))
    """
    if source not in CATALOGUE:
        raise ValueError(f"Unknown source {source!r}, known are: {', '.join(SOURCES)}")
    published = CATALOGUE[source]
    path = published.find(data_dir, download=False)
    contents = read_npz(published.read(path), voices)
    return PhoneDataset(
        name=source,
        **contents.splits,
        phone_names=contents.phone_names,
        voice_names=contents.voice_names,
        frames_per_second=_FRAMES_PER_SECOND,
        source=str(path),
        fingerprint=fingerprint(contents.splits),
    )
