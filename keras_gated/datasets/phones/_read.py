"""The layout of a published file: frames end to end, and the phones in them."""

import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from keras_gated.datasets.phones.dataset import Utterance

_DECIBELS = 0.5
"""What a step of the stored energies is worth."""


@dataclass(frozen=True)
class Contents:
    """What a file holds: the utterances of each split, and names."""

    splits: dict[str, list[Utterance]]
    phone_names: tuple[str, ...]
    voice_names: tuple[str, ...]


def read_npz(content: bytes, voices: Collection[str] | None) -> Contents:
    """Reads the utterances of some voices, or of all.

    `features` are energies of 40 bands in steps of half a decibel, `lengths`, `split`,
    `voice` and `text` belong to utterances, and `recording`, `phone`, `start` and
    `end` to the segments, which follow each other without a gap.

    Only published bytes come here: nothing about them is checked.

    Raises:
        ValueError: For a voice that is not there.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = tuple(arrays["voice_names"].tolist())
    wanted = names if voices is None else tuple(voices)
    if not wanted or not set(wanted) <= set(names):
        raise ValueError(f"voices must be among {', '.join(names)}. Received: {voices}")
    ends = np.cumsum(arrays["lengths"], dtype=np.int64)[:-1]
    durations = arrays["end"].astype(np.int64) - arrays["start"]
    phones = np.repeat(arrays["phone"], durations)
    splits: dict[str, list[Utterance]] = {
        split: [] for split in arrays["split_names"].tolist()
    }
    for features, labels, split, voice, text in zip(
        np.split(arrays["features"], ends),
        np.split(phones, ends),
        arrays["split_names"][arrays["split"]].tolist(),
        arrays["voice_names"][arrays["voice"]].tolist(),
        arrays["text"].tolist(),
        strict=True,
    ):
        if voice in wanted:
            frames = features.astype(np.float32) * np.float32(_DECIBELS)
            splits[split].append(Utterance(frames, labels, voice, text))
    return Contents(
        splits,
        tuple(arrays["phone_names"].tolist()),
        tuple(name for name in names if name in wanted),
    )
