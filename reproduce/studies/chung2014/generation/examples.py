"""The sounds and pictures of the documentation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import soundfile

from keras_gated import analysis
from keras_gated.datasets import music, speech
from keras_gated.generation import (
    generate,
    plot_piano_roll,
    plot_waveform,
    synthesize,
)
from keras_gated.models import load_pretrained
from reproduce.studies.chung2014.generation.models import load_model

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

EXAMPLES = Path(__file__).resolve().parents[4] / "docs" / "examples"
SOUND_RATE, SPEECH_RATE = 22_050, 8_000
STEPS = {"jsb_chorales": (16, 48, 0.6), "nottingham": (32, 96, 0.2)}
"""Steps given, steps drawn, and seconds of a step."""


def make_examples(weights: Path | None) -> None:
    """Makes all of them.

    Args:
        weights: Those of a model of speech A; without them its example stays.
    """
    speaker = load_model(weights)[0] if weights else None
    EXAMPLES.mkdir(exist_ok=True)
    for dataset, unit in (("jsb_chorales", "gru"), ("nottingham", "tanh")):
        compose(dataset, unit, temperature=0.8)
    look_at_gates()
    if speaker is not None:
        talk(speaker)


def compose(dataset: str, unit: str, temperature: float) -> None:
    """Continues a test piece, as sound and as a picture."""
    given, drawn, seconds = STEPS[dataset]
    prompt = music.load(dataset).test[2][:given]
    model = load_pretrained(dataset, unit)
    (events,) = generate(model, prompt, drawn, temperature=temperature, seed=1)
    roll = np.concatenate([prompt, events])
    write_sound(dataset, synthesize(roll, seconds, SOUND_RATE), SOUND_RATE)
    save(plot_piano_roll(roll, prompt_steps=given), f"{dataset}.png")


def talk(model: Any) -> None:
    """Continues a recording of a spoken digit."""
    voices = speech.load("fsdd")
    frames, _ = voices.frames("test", inputs=20, outputs=10, hop=10)
    (events,) = generate(model, frames[0], steps=200, temperature=0.8, seed=1)
    given = voices.test[0, :490]
    samples = np.concatenate([given, events.ravel()])
    write_sound("speech", 0.9 * samples / np.abs(samples).max(), SPEECH_RATE)
    save(plot_waveform(samples, SPEECH_RATE, prompt_samples=len(given)), "speech.png")


def look_at_gates() -> None:
    """Shows where the gates of the LSTM and the GRU on chorales saturate."""
    chorales = music.load("jsb_chorales").valid
    pieces = np.stack([piece[:40] for piece in chorales if len(piece) >= 40])
    for unit in ("lstm", "gru"):
        gates = analysis.gates(load_pretrained("jsb_chorales", unit), pieces)
        shares = analysis.saturation(gates)
        save(analysis.plot_saturation(shares), f"saturation_{unit}.png")


def write_sound(name: str, samples: npt.NDArray[Any], rate: int) -> None:
    soundfile.write(EXAMPLES / f"{name}.ogg", samples, rate, format="OGG")


def save(figure: "Figure | SubFigure", name: str) -> None:
    figure.figure.savefig(EXAMPLES / name, dpi=100)
