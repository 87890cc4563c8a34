"""The speech of the study as tasks."""

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from keras_gated.datasets import phones
from keras_gated.datasets.phones import PhoneDataset
from keras_gated.layers import SymbolHead
from keras_gated.losses import CTCLoss, SymbolNLL, check_ctc_labels
from reproduce.studies.tang2016.errors import frame_error, phone_error
from reproduce.studies.tang2016.names import CTC, objective_of, source_of
from reproduce.task import SPLITS, Array, Task

DELAY = 5
"""Frames that a model of frames hears before it says a phone: 50 ms."""

STACK = 3
"""Frames in a step of CTC, 30 ms: with one frame it hardly begins to learn."""

FRAME_ERROR, PHONE_ERROR = "frame_error", "phone_error"


@dataclass(frozen=True, eq=False)
class SpeechTask(Task):
    """The phones of sentences.

    Args:
        speech: The sentences.
        objective: `"frames"` or `"ctc"`.
    """

    speech: PhoneDataset = None  # type: ignore[assignment]
    objective: str = CTC


def load_task(dataset: str, encoding: str, data_dir: Path | None) -> SpeechTask:
    """Loads a data set of the study.

    Raises:
        ValueError: If it cannot be had.
    """
    speech = phones.load(source_of(dataset), data_dir=data_dir)
    return speech_task(speech, objective_of(dataset))


def speech_task(speech: PhoneDataset, objective: str) -> SpeechTask:
    """The task of recognising the phones of sentences."""
    is_ctc = objective == CTC
    stack = STACK if is_ctc else 1
    inputs = {split: speech.frames(split, stack=stack)[0] for split in SPLITS}
    classes = len(speech.phone_names) + is_ctc
    labels = {split: speech.labels(split) for split in SPLITS}
    if is_ctc:
        for split in SPLITS:
            check_ctc_labels(labels[split], [*map(len, inputs[split])], classes)
        splits = {
            split: (
                inputs[split],
                [
                    _padded(label, len(frames))
                    for label, frames in zip(labels[split], inputs[split], strict=True)
                ],
            )
            for split in SPLITS
        }
    else:
        splits = {
            split: (
                [delayed(frames) for frames in inputs[split]],
                [_late(u.phones) for u in getattr(speech, split)],
            )
            for split in SPLITS
        }
    longest = max(len(label) for split in SPLITS for label in labels[split])
    parts = f"{speech.fingerprint} {objective} {stack if is_ctc else DELAY}"
    blank = 0 if is_ctc else None
    phone_errors = {PHONE_ERROR: partial(phone_error, blank=blank, delay=DELAY)}
    frame_errors = {FRAME_ERROR: partial(frame_error, delay=DELAY)}
    return SpeechTask(
        splits=splits,
        data=f"{speech.name}, in the role of WSJ",
        source=speech.source,
        fingerprint=hashlib.sha256(parts.encode()).hexdigest(),
        head=partial(SymbolHead, classes),
        loss=partial(CTCLoss, max_label_length=longest) if is_ctc else SymbolNLL,
        output_size=classes,
        measures=phone_errors if is_ctc else frame_errors | phone_errors,
        speech=speech,
        objective=objective,
    )


def delayed(frames: Array) -> Array:
    """Frames with the last one some more times: a model hears them all in the end."""
    return np.concatenate([frames, np.repeat(frames[-1:], DELAY, axis=0)])


def _late(phones: Array) -> Array:
    """The phone of each frame, some steps later."""
    late = np.concatenate([np.repeat(phones[:1], DELAY), phones])
    return late[:, np.newaxis].astype(np.int32)


def _padded(label: Array, steps: int) -> Array:
    """A label with blanks behind it, as long as its sentence."""
    target = np.zeros((steps, 1), np.int32)
    target[: len(label), 0] = label
    return target
