"""`SpeechDataset`, what `load` returns."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.speech._windows import SPLITS

Frames: TypeAlias = list[npt.NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class SpeechDataset:
    """Sequences of raw samples, split by recording, or by time if there are few.

    The named sources are stand-ins: the two sets of raw speech in the study, by
    Ubisoft, were never public. A has 7,230 sequences of 500 samples, B 800 sequences
    of 8,000. Results here do not compare with the study's.

    A split is a `float32` array `(sequences, length)`, scaled to mean 0 and standard
    deviation 1 on the training split.

    Args:
        name: `"fsdd"`, `"asterisk"` or the name of the folder or file.
        train: Sequences to learn from.
        valid: Sequences to choose by.
        test: Sequences to report.
        mean: Mean of the training samples before scaling, in units of full scale.
        std: Standard deviation of the training samples before scaling, likewise.
        sample_rate: Samples per second.
        source: Where the recordings come from.
        fingerprint: SHA-256 of the sequences of each split and of the scale.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import speech
        >>> noise = np.random.default_rng(0).normal(size=(10, 500)).astype("float32")
        >>> data = speech.SpeechDataset(
        ...     name="noise", train=noise[:8], valid=noise[8:9], test=noise[9:],
        ...     mean=0.0, std=1.0, sample_rate=8000, source="made up", fingerprint="")
        >>> inputs, targets = data.frames("train")
        >>> len(inputs), inputs[0].shape, targets[0].shape
        (8, (48, 20), (48, 10))

    Reference:
        Chung et al., arXiv 1412.3555, section 4.
    """

    name: str
    train: npt.NDArray[np.float32] = field(repr=False)
    valid: npt.NDArray[np.float32] = field(repr=False)
    test: npt.NDArray[np.float32] = field(repr=False)
    mean: float
    std: float
    sample_rate: int
    source: str
    fingerprint: str

    def frames(
        self, split: str, inputs: int = 20, outputs: int = 10, hop: int = 10
    ) -> tuple[Frames, Frames]:
        """Returns what is given and what is to be predicted at each step.

        Step t is given the `inputs` samples from t * `hop` on and predicts the
        `outputs` samples that follow them. There are as many steps as fit into a
        sequence: at the defaults 48 of 500 samples, 798 of 8,000.

        The study gives 20 and 10. It does not give the hop; at 10 every sample after
        the first 20 is predicted once.

        Args:
            split: `"train"`, `"valid"` or `"test"`.
            inputs: Samples given at a step.
            outputs: Samples to predict at a step.
            hop: Samples from one step to the next.

        Returns:
            Arrays `(steps, inputs)` and arrays `(steps, outputs)`, one for each
            sequence. They are read-only views, not copies.

        Raises:
            ValueError: For an unknown split, a number that is not positive, or
                sequences too short for one step.
        """
        if split not in SPLITS:
            raise ValueError(f"Unknown split {split!r}, known are: {', '.join(SPLITS)}")
        for name, number in (("inputs", inputs), ("outputs", outputs), ("hop", hop)):
            if number < 1:
                raise ValueError(f"{name} must be positive, received {number}")
        sequences = getattr(self, split)
        length = sequences.shape[1]
        if length < inputs + outputs:
            raise ValueError(
                f"a step needs {inputs} + {outputs} samples, but the sequences of "
                f"{self.name} have {length}"
            )
        given = sequences[:, : length - outputs]
        predicted = sequences[:, inputs:]
        return _frames(given, inputs, hop), _frames(predicted, outputs, hop)


def fingerprint(
    splits: dict[str, npt.NDArray[np.float32]],
    sample_rate: int,
    mean: float,
    std: float,
) -> str:
    """SHA-256 of the splits before scaling, the sample rate and the scale."""
    digest = hashlib.sha256(np.int32(sample_rate).astype("<i4").tobytes())
    for split in SPLITS:
        digest.update(np.array(splits[split].shape, "<i4").tobytes())
        digest.update(splits[split].astype("<f4").tobytes())
    # Last digits of a mean depend on the order in which a machine adds.
    digest.update(f"{mean:.6e} {std:.6e}".encode())
    return digest.hexdigest()


def _frames(samples: npt.NDArray[Any], size: int, hop: int) -> Frames:
    return list(np.lib.stride_tricks.sliding_window_view(samples, size, 1)[:, ::hop])
