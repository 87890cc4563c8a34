"""`MusicDataset`, what `load` and `read_midi` return."""

from dataclasses import dataclass, field

from keras_gated.datasets.music._piano_roll import PianoRoll


@dataclass(frozen=True, eq=False)
class MusicDataset:
    """Piano rolls of one data set, split.

    `load` gives those of the study in the canonical split and order, `read_midi`
    those of your own files.

    A sequence is a `uint8` array `(time, dims)`, 1 where a pitch sounds. A step
    without any note is silence in the music, never padding.

    Args:
        name: Name of the data set, or of the folder of your own.
        train: Sequences to learn from.
        valid: Sequences to choose by.
        test: Sequences to report.
        encoding: `"piano"` or `"paper"`, see `load`.
        source: Where the sequences come from.
        fingerprint: SHA-256 of all sequences, whatever the encoding or file.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import music
        >>> c_major = np.zeros((4, 88), "uint8")
        >>> c_major[:, [39, 43, 46]] = 1
        >>> scale = music.MusicDataset(
        ...     name="scale", train=[c_major], valid=[], test=[], encoding="piano",
        ...     source="made up", fingerprint="")
        >>> scale.dims
        88
    """

    name: str
    train: list[PianoRoll] = field(repr=False)
    valid: list[PianoRoll] = field(repr=False)
    test: list[PianoRoll] = field(repr=False)
    encoding: str
    source: str
    fingerprint: str

    @property
    def dims(self) -> int:
        """Entries of one time step."""
        return self.train[0].shape[1]
