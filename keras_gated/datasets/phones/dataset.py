"""`PhoneDataset`, what `load` returns."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from keras_gated._integers import is_integer

SPLITS = ("train", "valid", "test")

Arrays: TypeAlias = list[npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Utterance:
    """A spoken sentence.

    Args:
        frames: `(time, bands)`, the energy of each mel band in decibels above 1.
        phones: `(time,)`, the phone at the middle of each frame, as an index into
            `phone_names` of the data set.
        voice: Who speaks.
        text: What is said; the phones where nobody wrote it down.
    """

    frames: npt.NDArray[np.float32] = field(repr=False)
    phones: npt.NDArray[np.uint8] = field(repr=False)
    voice: str
    text: str


@dataclass(frozen=True, eq=False)
class PhoneDataset:
    """Sentences whose phones are known at every frame, split by sentence or speaker.

    Args:
        name: Name of the source.
        train: Utterances to learn from.
        valid: Utterances to choose by: other sentences, or other speakers.
        test: Utterances to report: others again.
        phone_names: What the phones are called.
        voice_names: Whose utterances there are.
        frames_per_second: How many frames a second has.
        source: Where they come from.
        fingerprint: SHA-256 of the frames and phones of each split.
        sample_rate: Samples per second of the recordings that frames were made of.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets import phones
        >>> hum = phones.Utterance(
        ...     frames=np.random.default_rng(0).normal(size=(7, 40)),
        ...     phones=np.zeros(7, "uint8"), voice="me", text="Hm.")
        >>> data = phones.PhoneDataset(
        ...     name="hum", train=[hum], valid=[hum], test=[hum], phone_names=("m",),
        ...     voice_names=("me",), frames_per_second=100, source="made up",
        ...     fingerprint="")
        >>> inputs, labels = data.frames("valid", stack=2)
        >>> inputs[0].shape, labels[0].shape
        ((3, 80), (3,))
    """

    name: str
    train: list[Utterance] = field(repr=False)
    valid: list[Utterance] = field(repr=False)
    test: list[Utterance] = field(repr=False)
    phone_names: tuple[str, ...] = field(repr=False)
    voice_names: tuple[str, ...]
    frames_per_second: int
    source: str
    fingerprint: str
    sample_rate: int = 16_000

    def frames(
        self, split: str, standardize: bool = True, stack: int = 1
    ) -> tuple[Arrays, Arrays]:
        """Returns what is given and what is to be recognised at each step.

        Args:
            split: `"train"`, `"valid"` or `"test"`.
            standardize: Whether each band is scaled to mean 0 and standard deviation 1
                over the frames of `train`.
            stack: How many frames, side by side, are one step. Its phone is that of
                the middle one, of the later one of two. Frames that fill no step, at
                the end of an utterance, are left out.

        Returns:
            Arrays `(steps, stack * bands)` and arrays `(steps,)`, one of each for
            every utterance.

        Raises:
            ValueError: For an unknown split, a number that is not positive, or an
                utterance shorter than a step.
        """
        utterances = self._utterances(split)
        if not is_integer(stack, at_least=1):
            raise ValueError(f"stack must be a positive integer, received {stack!r}")
        shortest = min((len(utterance.phones) for utterance in utterances), default=0)
        if utterances and shortest < stack:
            raise ValueError(
                f"a step needs {stack} frames, but an utterance of {split} has "
                f"{shortest}"
            )
        inputs = [u.frames for u in utterances]
        if standardize:
            inputs = self.standardize(inputs)
        return (
            [_stacked(frames, stack) for frames in inputs],
            [
                u.phones[: len(u.phones) // stack * stack][stack // 2 :: stack]
                for u in utterances
            ],
        )

    def labels(self, split: str) -> Arrays:
        """Returns the phones of each utterance in their order, as `CTCLoss` takes them.

        Phones are counted from 1; 0 is left to the blank.

        Args:
            split: `"train"`, `"valid"` or `"test"`.

        Returns:
            Arrays `(phones,)`; what follows itself is one phone, as in `frames`.

        Raises:
            ValueError: For an unknown split.
        """
        return [
            1 + np.array([phone for phone, _ in groupby(u.phones.tolist())], np.int64)
            for u in self._utterances(split)
        ]

    def standardize(self, frames: Arrays) -> Arrays:
        """Scales frames as `frames` does, such as those of a recording of one's own.

        Args:
            frames: Arrays `(time, bands)`, as `log_mel` returns them.

        Returns:
            As many arrays, each band scaled by mean and standard deviation of `train`.

        Raises:
            ValueError: If frames have other bands than those of `train`.
        """
        mean, std = self._scale
        for number, of_one in enumerate(frames):
            if np.ndim(of_one) != 2 or np.shape(of_one)[1] != len(mean):
                raise ValueError(
                    f"{self.name} has frames (time, {len(mean)}). Received array "
                    f"{number} of shape {np.shape(of_one)}: make its frames with "
                    f"bands={len(mean)}."
                )
        return [(of_one - mean) / std for of_one in frames]

    def _utterances(self, split: str) -> list[Utterance]:
        if split not in SPLITS:
            raise ValueError(f"Unknown split {split!r}, known are: {', '.join(SPLITS)}")
        utterances: list[Utterance] = getattr(self, split)
        return utterances

    @cached_property
    def _scale(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Mean and standard deviation of each band; 1 where it never changes.

        Kept: who listens asks for it every 10 ms.
        """
        frames = np.concatenate([utterance.frames for utterance in self.train])
        mean = frames.mean(axis=0, dtype=np.float64).astype(np.float32)
        std = frames.std(axis=0, dtype=np.float64).astype(np.float32)
        return mean, np.where(std > 0, std, 1)


def fingerprint(splits: Mapping[str, Sequence[Utterance]]) -> str:
    """SHA-256 of the frames and phones of each split, before any scaling."""
    digest = hashlib.sha256()
    for split in SPLITS:
        digest.update(f"{split} {len(splits[split])}".encode())
        for utterance in splits[split]:
            digest.update(np.array(utterance.frames.shape, "<i4").tobytes())
            digest.update(utterance.frames.astype("<f4").tobytes())
            digest.update(utterance.phones.astype("u1").tobytes())
    return digest.hexdigest()


def _stacked(frames: npt.NDArray[Any], stack: int) -> npt.NDArray[Any]:
    steps = len(frames) // stack
    return frames[: steps * stack].reshape(steps, stack * frames.shape[1])
