"""Pictures of what was generated, with the prompt marked."""

from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gated._extras import needing
from keras_gated.generation._needs import check_positive, read_samples
from keras_gated.generation._notes import LOWEST_PITCH, Note, read_notes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PITCH_CLASSES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
LABELLED = (0, 4, 7)
"""Pitch classes with a label: C, E and G."""

# Apart in brightness as well as in hue, for print and for the colour-blind.
GIVEN, DRAWN, GROUND = "#8c8c8c", "#0b5394", "#f2f2f2"
BAR = 0.8


def plot_piano_roll(
    roll: Any, prompt_steps: int = 0, lowest_pitch: int = LOWEST_PITCH
) -> "Figure":
    """Draws a piano roll, each held note as one bar.

    Args:
        roll: Zeros and ones `(steps, pitches)`, the prompt included.
        prompt_steps: How many of the steps were given; they are grey.
        lowest_pitch: MIDI pitch of the first column.

    Returns:
        A `matplotlib.figure.Figure`; save it with its `savefig`.

    Raises:
        ValueError: If `roll` is no piano roll, or has fewer steps than the prompt.
        ImportError: If matplotlib is missing.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.generation import plot_piano_roll
        >>> roll = np.zeros((8, 88), "uint8")
        >>> roll[:, [39, 43, 46]] = 1
        >>> figure = plot_piano_roll(roll, prompt_steps=4)
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['C4', 'E4', 'G4']
    """
    notes = read_notes(roll, lowest_pitch)
    _check_prompt("steps", prompt_steps, len(roll))
    figure = _figure("plot_piano_roll")
    axes = figure.subplots()
    for given, colour in ((True, GIVEN), (False, DRAWN)):
        parts = _parts(notes, prompt_steps, given)
        axes.barh(
            [note.pitch for note in parts],
            [note.end - note.start for note in parts],
            left=[note.start for note in parts],
            height=BAR,
            color=colour,
        )
    pitches = [note.pitch for note in notes] or [lowest_pitch + np.shape(roll)[1] // 2]
    lowest, highest = min(pitches) - 2, max(pitches) + 2
    labelled = [p for p in range(lowest, highest + 1) if p % 12 in LABELLED]
    axes.set_yticks(labelled, [note_name(pitch) for pitch in labelled])
    axes.set_ylim(lowest - 0.5, highest + 0.5)
    axes.set_xlabel("step")
    _mark_prompt(axes, prompt_steps, len(roll))
    return figure


def plot_waveform(samples: Any, sample_rate: int, prompt_samples: int = 0) -> "Figure":
    """Draws a waveform.

    Args:
        samples: Real numbers `(time,)`, the prompt included.
        sample_rate: Samples per second.
        prompt_samples: How many of the samples were given; they are grey.

    Returns:
        A `matplotlib.figure.Figure`; save it with its `savefig`.

    Raises:
        ValueError: If `samples` has another shape, is empty or not finite, or shorter
            than the prompt, or `sample_rate` is not positive.
        ImportError: If matplotlib is missing.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.generation import plot_waveform
        >>> figure = plot_waveform(np.sin(np.arange(800) / 9), 8000, prompt_samples=200)
        >>> figure.axes[0].get_xlabel()
        'seconds'
    """
    samples = read_samples("plot_waveform", samples)
    check_positive("plot_waveform", sample_rate=sample_rate)
    _check_prompt("samples", prompt_samples, len(samples))
    figure = _figure("plot_waveform")
    axes = figure.subplots()
    seconds = np.arange(len(samples)) / sample_rate
    for part, colour in (
        (slice(prompt_samples), GIVEN),
        # One sample earlier, so that the curve has no gap.
        (slice(max(prompt_samples - 1, 0), None), DRAWN),
    ):
        axes.plot(seconds[part], samples[part], color=colour, linewidth=0.7)
    axes.set_xlabel("seconds")
    axes.set_ylabel("amplitude")
    _mark_prompt(axes, prompt_samples / sample_rate, len(samples) / sample_rate)
    return figure


def note_name(pitch: int) -> str:
    """The name of a MIDI pitch, with the octave in which 60 is C4."""
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}"


def _parts(notes: list[Note], border: int, given: bool) -> list[Note]:
    """What lies before, or after, the end of the prompt; a held note may do both."""
    cut = [
        note._replace(end=min(note.end, border))
        if given
        else note._replace(start=max(note.start, border))
        for note in notes
    ]
    return [note for note in cut if note.start < note.end]


def _mark_prompt(axes: "Axes", border: float, end: float) -> None:
    axes.set_xlim(0, end)
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if not border:
        return
    axes.axvspan(0, border, color=GROUND, zorder=0)
    axes.axvline(border, color="0.2", linewidth=1, linestyle="--")
    for place, name in ((0, "prompt"), (border, "continuation")):
        axes.annotate(
            name,
            (place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, 3),
            textcoords="offset points",
        )


def _check_prompt(what: str, prompt: int, length: int) -> None:
    if not 0 <= prompt <= length:
        raise ValueError(
            f"prompt_{what} must be from 0 to the number of {what}, {length}. "
            f"Received {prompt}."
        )


def _figure(function: str) -> "Figure":
    with needing(f"{function} needs matplotlib. Install it with", "generate"):
        from matplotlib.figure import Figure
    return Figure(figsize=(9, 3.6), dpi=150, layout="constrained")
