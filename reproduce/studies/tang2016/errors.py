"""The share of wrong frames, and of wrong phones."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_gated.datasets import SequenceBatches
from keras_gated.decoding import collapse, edit_distance

Array = np.ndarray[Any, Any]


def frame_error(model: Any, batches: SequenceBatches, delay: int) -> float:
    """The share of frames whose most probable phone is another one.

    Args:
        model: What puts out logits for every step.
        batches: Sentences, and the phone of each frame `delay` steps later.
        delay: Steps at the beginning of each sentence that are those of no frame.
    """
    wrong = frames = 0
    for best, target in _sentences(model, batches):
        wrong += int((best[delay:] != target[delay:]).sum())
        frames += len(best) - delay
    return wrong / frames


def phone_error(
    model: Any, batches: SequenceBatches, blank: int | None, delay: int
) -> float:
    """Phones to insert, delete and replace, for each phone of all sentences.

    Args:
        model: What puts out logits for every step.
        batches: Sentences with labels for CTC; without a blank with the phone of each
            frame `delay` steps later.
        blank: The class of CTC that is no phone, or `None`.
        delay: See `frame_error`; there is none with CTC.
    """
    edits = phones = 0
    for best, target in _sentences(model, batches):
        if blank is None:
            best, wanted = best[delay:], collapse(target[delay:], None)
        else:
            wanted = target[target != blank].tolist()
        edits += edit_distance(collapse(best, blank), wanted)
        phones += len(wanted)
    return edits / phones


def _sentences(model: Any, batches: SequenceBatches) -> Iterator[tuple[Array, Array]]:
    """The most probable class of each step of each sentence, and its targets."""
    for inputs, targets, weight in batches:
        best = model.predict_on_batch(inputs).argmax(axis=-1)
        for path, target, counted in zip(
            best, targets[..., 0].astype(int), weight > 0, strict=True
        ):
            if counted.any():
                yield path[counted], target[counted]
