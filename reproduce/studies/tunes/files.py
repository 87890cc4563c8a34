"""A tune as files to read, to hear and to look at."""

from pathlib import Path

from keras_gated._files import replacing
from keras_gated.datasets.tunes import Tune
from keras_gated.generation import (
    synthesize_melody,
    write_melody,
    write_score,
    write_wav,
)

NAME = "tune"
RATE = 22_050
FLUTE = 73


def write_files(tune: Tune, beat_seconds: float, folder: Path) -> list[Path]:
    """Writes a tune as ABC, MIDI, WAV and a score.

    Args:
        tune: The tune.
        beat_seconds: Duration of a quarter note.
        folder: Where to.

    Returns:
        The files `tune.abc`, `.mid`, `.wav` and `.svg`.

    Raises:
        AbcError: If it is no tune.
    """
    abc, midi, wav, svg = (folder / f"{NAME}.{s}" for s in ("abc", "mid", "wav", "svg"))
    notes, text = tune.notes(), tune.abc()
    with replacing(abc) as file:
        file.write(text.encode())
    write_melody(midi, notes, beat_seconds, program=FLUTE)
    write_wav(wav, synthesize_melody(notes, beat_seconds, RATE), RATE)
    write_score(svg, tune.musicxml())
    return [abc, midi, wav, svg]
