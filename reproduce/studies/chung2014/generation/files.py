"""What was generated, as files to hear and to look at."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_gated._files import replacing
from keras_gated.generation import (
    plot_piano_roll,
    plot_waveform,
    synthesize,
    write_midi,
    write_wav,
)
from reproduce.task import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "continuation"
SYNTHESIZED_RATE = 22_050
STEP_SECONDS = 0.3
EIGHTH = 0.5
PIANO_KEYS = 88
LOWEST_KEY, LOWEST_OF_PAPER = 21, 1


def write_music(
    prompt: Array | None, events: Array, beats: float, folder: Path
) -> list[Path]:
    """Writes the prompt and what follows it as MIDI, WAV and PNG.

    Args:
        prompt: Piano roll `(time, pitches)`, or `None`.
        events: Piano roll `(steps, pitches)`.
        beats: Beats of a step.
        folder: Where to.

    Returns:
        The files.
    """
    given = 0 if prompt is None else len(prompt)
    roll = events if prompt is None else np.concatenate([prompt, events])
    lowest = LOWEST_KEY if roll.shape[1] == PIANO_KEYS else LOWEST_OF_PAPER
    seconds = STEP_SECONDS * beats / EIGHTH
    midi, wav, png = _paths(folder, "mid", "wav", "png")
    write_midi(midi, roll, seconds, beats, lowest_pitch=lowest)
    samples = synthesize(roll, seconds, SYNTHESIZED_RATE, lowest_pitch=lowest)
    write_wav(wav, samples, SYNTHESIZED_RATE)
    _save(plot_piano_roll(roll, given, lowest), png)
    return [midi, wav, png]


def write_speech(
    prompt: Array | None, events: Array, sample_rate: int, folder: Path
) -> list[Path]:
    """Writes the prompt and what follows it as WAV and PNG.

    Args:
        prompt: Frames `(time, samples_in)` each of which starts as many samples after
            the one before it as an event has, or `None`.
        events: Frames `(steps, samples_out)`, one after the other.
        sample_rate: Samples per second.
        folder: Where to.

    Returns:
        The files.
    """
    given = np.empty(0, events.dtype)
    if prompt is not None:
        hop = events.shape[1]
        given = np.concatenate([prompt[0], prompt[1:, -hop:].ravel()])
    samples = np.concatenate([given, events.ravel()])
    wav, png = _paths(folder, "wav", "png")
    write_wav(wav, samples, sample_rate)
    _save(plot_waveform(samples, sample_rate, len(given)), png)
    return [wav, png]


def _paths(folder: Path, *suffixes: str) -> list[Path]:
    return [folder / f"{NAME}.{suffix}" for suffix in suffixes]


def _save(figure: "Figure", path: Path) -> None:
    with replacing(path) as file:
        figure.savefig(file, format="png")
