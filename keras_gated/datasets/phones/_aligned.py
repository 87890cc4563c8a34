"""Natural speech whose phones an aligner found, as utterances."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.phones._read import Contents
from keras_gated.datasets.phones.dataset import SPLITS, Utterance
from keras_gated.datasets.phones.features import log_mel

ALIGNED_RATE = 8000
_DIGITS = (
    *("zero", "one", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine"),
)
_SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
_TAKES = 50

Waveform = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Aligned:
    """A set of recordings with their phones.

    Args:
        voices: Who speaks.
        text: What is said in the recording of a number, `None` if nobody wrote it
            down.
        voice: Who speaks in it.
        split: The split of each utterance.
    """

    voices: tuple[str, ...]
    text: Callable[[int], str | None]
    voice: Callable[[int], str]
    split: Callable[[Sequence[Utterance]], list[str]]


def read_aligned(
    waveforms: Sequence[Waveform], segments: bytes, entry: Aligned
) -> Contents:
    """Joins waveforms with the phones that were found in them."""
    with np.load(io.BytesIO(segments), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = arrays["phone_names"].tolist()
    utterances = []
    rows = np.arange(len(arrays["recording"]))
    for recording, group in groupby(rows, key=lambda row: arrays["recording"][row]):
        number, segment = int(recording), np.array(list(group))
        durations = arrays["end"][segment].astype(int) - arrays["start"][segment]
        at = np.repeat(arrays["phone"][segment], durations)
        frames = log_mel(waveforms[number], ALIGNED_RATE)
        # The middle of frame t lies 2.5 ms into the aligner's frame t + 1.
        middle = np.minimum(np.arange(len(frames)) + 1, len(at) - 1)
        said = " ".join(names[phone] for phone, _ in groupby(arrays["phone"][segment]))
        text = entry.text(number)
        utterances.append(
            Utterance(
                frames, at[middle], entry.voice(number), said if text is None else text
            )
        )
    splits: dict[str, list[Utterance]] = {split: [] for split in SPLITS}
    for utterance, split in zip(utterances, entry.split(utterances), strict=True):
        splits[split].append(utterance)
    return Contents(splits, tuple(names), entry.voices)


def _by_sentence(utterances: Sequence[Utterance]) -> list[str]:
    """A tenth of the sentences each to valid and test; equal ones stay together."""
    sentences = sorted({utterance.text for utterance in utterances})
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(sentences))
    tenth = len(sentences) // 10
    held = {sentences[i]: "test" for i in order[:tenth]}
    held |= {sentences[i]: "valid" for i in order[tenth : 2 * tenth]}
    return [held.get(utterance.text, "train") for utterance in utterances]


def _by_speaker(utterances: Sequence[Utterance]) -> list[str]:
    """The last speaker is test, the one before valid."""
    held: dict[str, str] = {_SPEAKERS[-2]: "valid", _SPEAKERS[-1]: "test"}
    return [held.get(utterance.voice, "train") for utterance in utterances]


def _digit(number: int) -> str:
    return _DIGITS[number // (_TAKES * len(_SPEAKERS))]


def _speaker(number: int) -> str:
    return _SPEAKERS[number // _TAKES % len(_SPEAKERS)]


ALIGNED = {
    "asterisk": Aligned(
        voices=("allison",),
        text=lambda number: None,
        voice=lambda number: "allison",
        split=_by_sentence,
    ),
    "fsdd": Aligned(
        voices=_SPEAKERS,
        # In the order of file names: digit, speaker, take.
        text=_digit,
        voice=_speaker,
        split=_by_speaker,
    ),
}
