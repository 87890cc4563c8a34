"""The layout of a published file: frames end to end, and the phones in them."""

import io
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


def read_npz(content: bytes) -> Contents:
    """Reads all utterances.

    `features` are energies of 40 bands in steps of half a decibel, `lengths`, `split`,
    `voice` and `text` belong to utterances, and `recording`, `phone`, `start` and
    `end` to the segments, which follow each other without a gap.

    Only published bytes come here: nothing about them is checked.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
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
        frames = features.astype(np.float32) * np.float32(_DECIBELS)
        splits[split].append(Utterance(frames, labels, voice, text))
    return Contents(
        splits,
        tuple(arrays["phone_names"].tolist()),
        tuple(arrays["voice_names"].tolist()),
    )
