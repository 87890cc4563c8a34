"""Piano rolls: 0/1 arrays `(time, pitches)`, and the notes they stand for."""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

PianoRoll: TypeAlias = npt.NDArray[np.uint8]
Splits: TypeAlias = Mapping[str, list[PianoRoll]]

SPLITS = ("train", "valid", "test")
LOWEST_PITCH = 21
HIGHEST_PITCH = 108
PIANO_KEYS = HIGHEST_PITCH - LOWEST_PITCH + 1


def from_notes(
    split: str,
    lengths: npt.NDArray[Any],
    step_sizes: npt.NDArray[Any],
    notes: npt.NDArray[Any],
) -> list[PianoRoll]:
    """Builds the piano rolls of one split from its notes.

    Args:
        split: Name of the split, for error messages.
        lengths: `(sequences,)`, time steps in each sequence.
        step_sizes: `(steps,)`, notes at each time step, sequences end to end.
        notes: `(notes,)`, MIDI pitches, steps end to end.

    Returns:
        One array `(length, 88)` per sequence, column = pitch - 21.

    Raises:
        ValueError: Where a sequence is empty, the counts do not agree, or a pitch
            lies outside 21 to 108.
    """
    if lengths.size == 0 or lengths.min() < 1:
        raise ValueError(f"{split} has no sequence, or one without a time step")
    if lengths.sum(dtype=np.int64) != step_sizes.size:
        raise ValueError(
            f"the lengths in {split} add up to {lengths.sum(dtype=np.int64)} steps, "
            f"but {step_sizes.size} steps are there"
        )
    if step_sizes.sum(dtype=np.int64) != notes.size:
        raise ValueError(
            f"the steps in {split} add up to {step_sizes.sum(dtype=np.int64)} notes, "
            f"but {notes.size} notes are there"
        )
    ends = np.cumsum(lengths, dtype=np.int64)
    step_of_note = np.repeat(np.arange(step_sizes.size), step_sizes)
    outside = np.flatnonzero((notes < LOWEST_PITCH) | (notes > HIGHEST_PITCH))
    if outside.size:
        sequence = np.searchsorted(ends, step_of_note[outside[0]], side="right")
        raise ValueError(
            f"{split} sequence {sequence} has pitch {notes[outside[0]]}, outside "
            f"{LOWEST_PITCH} to {HIGHEST_PITCH}"
        )
    roll = np.zeros((step_sizes.size, PIANO_KEYS), np.uint8)
    roll[step_of_note, notes.astype(np.int64) - LOWEST_PITCH] = 1
    return np.split(roll, ends[:-1])


def to_notes(
    rolls: list[PianoRoll],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Returns `lengths`, `step_sizes` and `notes`, the inverse of `from_notes`."""
    roll = np.concatenate(rolls)
    return (
        np.array([len(roll) for roll in rolls], np.int32),
        roll.sum(axis=1, dtype=np.uint8),
        (np.nonzero(roll)[1] + LOWEST_PITCH).astype(np.uint8),
    )


def fingerprint(splits: Splits) -> str:
    """SHA-256 of every sequence of every split, in order."""
    digest = hashlib.sha256()
    for split in SPLITS:
        lengths = [len(roll) for roll in splits[split]]
        digest.update(np.array([len(lengths), *lengths], "<i4").tobytes())
        if lengths:
            digest.update(np.packbits(np.concatenate(splits[split])).tobytes())
    return digest.hexdigest()


def to_paper_columns(roll: PianoRoll, highest_pitch: int) -> PianoRoll:
    """Moves an 88-key roll to the paper's `highest_pitch` columns, `pitch - 1`.

    Raises:
        ValueError: Where a pitch above `highest_pitch` sounds.
    """
    used = highest_pitch - LOWEST_PITCH + 1
    if roll[:, used:].any():
        pitch = LOWEST_PITCH + int(np.nonzero(roll)[1].max())
        raise ValueError(f"pitch {pitch} does not fit into {highest_pitch} dimensions")
    return np.pad(roll[:, :used], ((0, 0), (LOWEST_PITCH - 1, 0)))
