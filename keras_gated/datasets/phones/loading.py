"""`load`: a source of speech with phones in, a `PhoneDataset` out."""

import os
from collections.abc import Collection

from keras_gated.datasets.phones._aligned import ALIGNED, ALIGNED_RATE, read_aligned
from keras_gated.datasets.phones._catalogue import CATALOGUE
from keras_gated.datasets.phones._read import Contents, read_npz
from keras_gated.datasets.phones.dataset import SPLITS, PhoneDataset, fingerprint
from keras_gated.datasets.speech import load_recordings

SOURCES = tuple(CATALOGUE)
"""The names that `load` knows."""

_FRAMES_PER_SECOND = 100
_SAMPLE_RATE = 16_000


def load(
    source: str = "flite",
    voices: Collection[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> PhoneDataset:
    """Loads speech as log-mel energies with the phone at every frame.

    It stands in for TIMIT, which is licensed. Results on it do not compare with those
    on TIMIT: speech is synthetic with exact phones, or natural with phones that a
    program found.

    Sources:

    - `"flite"`: 780 sentences of War and Peace by three statistical voices of the
      synthesiser flite, made from recordings of a Scottish man (`awb`), an American man
      (`rms`) and an American woman (`slt`): 40.5 minutes, 41 phones, of which `pau`
      is the pause. 200 sentences a voice are `train`, all different, and the same 20
      and 40 of all voices are `valid` and `test`. BSD-like licence.
    - `"asterisk"`: 391 telephone prompts by one woman, 13 minutes, natural, of 8 kHz,
      with the phones, 38 and `SIL`, that the aligner pocketsphinx found. A tenth of the
      sentences each is `valid` and `test`; those of the same phones are in one split.
      `text` has the phones. CC BY-SA 3.0.
    - `"fsdd"`: 2,949 digits by six speakers, 22 minutes, natural, of 8 kHz, with 19
      phones and `SIL` found likewise. Four speakers are `train`, one is `valid` and
      one `test`. CC BY-SA 4.0.

    On speech of flite, whose phones are known, the aligner is off by 9 to 11 ms in the
    median. Frames are those of `phones.log_mel`, in 40 bands from 64 Hz to 8,000 Hz, or
    4,000 Hz for recordings of 8 kHz.

    The recordings of the last two are those of `speech.load`, and found as there. The
    file is looked for in `data_dir`, and nowhere else, if that is given; else in
    the folder that the environment variable `KERAS_GATED_DATA` names and in Keras'
    cache, `datasets/keras_gated/speech` in `KERAS_HOME` or `~/.keras`. A folder may
    hold the file itself or in `speech`. A file whose SHA-256 is not that of the
    published one is not read.

    Args:
        source: One of `phones.SOURCES`.
        voices: Whose utterances to take; all by default.
        data_dir: Folder with the data.
        download: Whether the web may be asked for recordings; it has no phones.

    Returns:
        A `PhoneDataset`.

    Raises:
        ValueError: For an unknown `source` or voice, where `voices` leave a split
            empty, or where the file is not the published one.
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
    content = published.read(path)
    if source in ALIGNED:
        recordings = load_recordings(source, data_dir, download)
        contents = _of_voices(
            read_aligned(recordings, content, ALIGNED[source]), voices
        )
    else:
        contents = _of_voices(read_npz(content), voices)
    return PhoneDataset(
        name=source,
        **contents.splits,
        phone_names=contents.phone_names,
        voice_names=contents.voice_names,
        frames_per_second=_FRAMES_PER_SECOND,
        source=str(path),
        fingerprint=fingerprint(contents.splits),
        sample_rate=ALIGNED_RATE if source in ALIGNED else _SAMPLE_RATE,
    )


def _of_voices(contents: Contents, voices: Collection[str] | None) -> Contents:
    """The utterances of some voices, or of all."""
    if voices is None:
        return contents
    names = contents.voice_names
    if not voices or not set(voices) <= set(names):
        raise ValueError(f"voices must be among {', '.join(names)}. Received: {voices}")
    splits = {
        split: [u for u in contents.splits[split] if u.voice in voices]
        for split in SPLITS
    }
    empty = [split for split in SPLITS if not splits[split]]
    if empty:
        raise ValueError(
            f"voices={voices} leave nothing in {', '.join(empty)}: the set is split by "
            "speaker."
        )
    return Contents(
        splits, contents.phone_names, tuple(name for name in names if name in voices)
    )
