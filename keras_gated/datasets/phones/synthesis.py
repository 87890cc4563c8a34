"""More speech with its phones, by the synthesiser flite."""

import math
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_gated.datasets.phones.dataset import Utterance
from keras_gated.datasets.phones.features import (
    HOP_SECONDS,
    WINDOW_SECONDS,
    log_mel,
)

VOICES = ("awb", "rms", "slt")
"""The voices whose printed times fit the sound: those of kal are off by 0.1 s."""

_SECONDS = 600
"""How long flite may take for a text."""


def synthesise(
    texts: Sequence[str],
    voice: str,
    phone_names: Sequence[str],
    program: str = "flite",
) -> list[Utterance]:
    """Has flite say texts, and tell when it says which phone.

    So the set `"flite"` of `phones.load` was made; its sentences come out as they are
    there. In Debian and Ubuntu flite is the package of that name.

    Args:
        texts: What is to be said, a sentence each.
        voice: One of `phones.VOICES`.
        phone_names: What the phones are called; those of `phones.load("flite")`.
        program: Name or path of flite.

    Returns:
        An `Utterance` for each text.

    Raises:
        ValueError: For an unknown voice, a text that is not said, or phones that have
            other names.
        FileNotFoundError: Where flite is missing.

    Examples:
        >>> from keras_gated.datasets import phones
        >>> data = phones.load("flite")  # doctest: +SKIP
        >>> more = phones.synthesise(
        ...     ["All was still."], "slt", data.phone_names)  # doctest: +SKIP
    """
    if voice not in VOICES:
        raise ValueError(f"voice must be among {', '.join(VOICES)}. Received: {voice}")
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(
            f"{program} is not there: synthesise needs flite 2.2, of the package flite "
            "in Debian and Ubuntu."
        )
    return [_say(text, voice, phone_names, found) for text in texts]


def _say(text: str, voice: str, phone_names: Sequence[str], program: str) -> Utterance:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        done = subprocess.run(
            [program, "-voice", voice, "-psdur", "-t", text, str(path)],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        segments = done.stdout.split()
        if done.returncode or not segments or not path.is_file():
            raise ValueError(
                f"{program} does not say {text!r} as {voice}: "
                f"{done.stderr.strip() or 'it gives no phones'}"
            )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    frames = log_mel(samples.astype(np.int16), rate)
    return Utterance(frames, _phones(segments, len(frames), phone_names), voice, text)


def _phones(
    segments: Sequence[str], frames: int, phone_names: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """The phone at the middle of each frame; a segment reads `name:end`."""
    phones = np.zeros(frames, np.uint8)
    start = 0
    for number, segment in enumerate(segments, 1):
        name, _, seconds = segment.rpartition(":")
        if name not in phone_names:
            raise ValueError(
                f"flite says {name!r}, which is none of {', '.join(phone_names)}"
            )
        middle = (float(seconds) - WINDOW_SECONDS / 2) / HOP_SECONDS
        # Printed to a millisecond: a tenth of that is no more than rounding.
        end = frames if number == len(segments) else math.ceil(round(middle, 3))
        phones[start : max(end, start)] = phone_names.index(name)
        start = max(end, start)
    return phones
