"""The command that prints the phones of a recording as they come.

    python reproduce/run.py tang2016 listen --file hello.wav --weights FILE

`--help` shows the rest.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cyclopts import Parameter

from reproduce.command import run_command
from reproduce.options import Backend

if TYPE_CHECKING:
    from keras_gated.datasets.phones import PhoneDataset
    from reproduce.studies.tang2016.trial import Trial

PIECE_SECONDS = 0.010
"""Of the recording that the recogniser is given at a time."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """What is listened to, and by which model."""

    file: Path
    """a WAV file"""

    weights: Path
    """what a trial left in `weights/`; that goes forward, without shortcuts"""

    backend: Backend = "jax"
    """backend of Keras"""

    data_dir: Path | None = None
    """folder of the data sets, by which frames are scaled"""

    real_time: bool = False
    """wait for the recording, as if it were spoken now"""


def listen(options: Options) -> int:
    """Print the phones of a recording as they come, and the seconds at which they do.

    Args:
        options: What is listened to, and by which model.

    Returns:
        The exit status.
    """
    return run_command(_listen, options)


def _listen(options: Options) -> int:
    from keras_gated.datasets.speech import read_wav
    from reproduce.studies.tang2016.data import load_task

    trial, weights = _read_weights(options.weights)
    task = load_task(trial.dataset, "", options.data_dir)
    rate = task.speech.sample_rate
    recogniser = Recogniser(trial, task, weights)
    samples = read_wav(options.file, rate)
    begin = time.perf_counter()
    busy = 0.0
    for end, piece in _pieces(samples, round(PIECE_SECONDS * rate)):
        if options.real_time:
            time.sleep(max(0.0, end / rate - (time.perf_counter() - begin)))
        start = time.perf_counter()
        heard = list(recogniser.hear(piece))
        busy += time.perf_counter() - start
        for phone in heard:
            print(f"{end / rate:8.2f}  {phone}", flush=True)
    seconds = len(samples) / rate
    print(
        f"{seconds:.2f} seconds in {busy:.2f}, {10 * busy / seconds:.2f} ms for each "
        "frame of 10 ms",
        file=sys.stderr,
    )
    return 0


class Recogniser:
    """Hears samples and says phones.

    Args:
        trial: What was trained.
        task: Whose phones it says.
        weights: Its weights.
    """

    def __init__(self, trial: "Trial", task: Any, weights: list[Any]) -> None:
        from keras_gated.datasets.phones import LogMelStream
        from keras_gated.decoding import GreedyStream
        from keras_gated.streaming import ModelStream
        from reproduce.studies.tang2016.data import STACK
        from reproduce.studies.tang2016.names import CTC
        from reproduce.studies.tang2016.training import RecogniserTraining

        model = RecogniserTraining().build(trial, task)
        model.set_weights(weights)
        self._speech: PhoneDataset = task.speech
        self._is_ctc = task.objective == CTC
        self._features = LogMelStream(self._speech.sample_rate)
        self._model = ModelStream(model)
        # A compiler works at the first step: before the recording begins.
        self._model.step(np.zeros(task.input_size, np.float32))
        self._model.reset()
        self._symbols = GreedyStream(blank=0 if self._is_ctc else None)
        self._stack = STACK if self._is_ctc else 1
        self._pending: list[Any] = []

    def hear(self, samples: Any) -> Iterator[str]:
        """Takes samples, and gives the phones that begin with them."""
        (frames,) = self._speech.standardize([self._features.push(samples)])
        for frame in frames:
            self._pending.append(frame)
            if len(self._pending) < self._stack:
                continue
            step = np.concatenate(self._pending)
            self._pending.clear()
            symbol = self._symbols.step(self._model.step(step))
            if symbol is not None:
                yield self._speech.phone_names[symbol - self._is_ctc]


def _read_weights(path: Path) -> "tuple[Trial, list[Any]]":
    from reproduce.studies.tang2016.trial import Trial
    from reproduce.training.arrays import load_arrays

    groups, notes = load_arrays(path)
    if "weights" not in groups or "config" not in notes:
        raise ValueError(f"{path} holds no weights of a trial: those lie in weights/.")
    return Trial.from_config(notes["config"]), groups["weights"]


def _pieces(samples: Any, size: int) -> Iterator[tuple[int, Any]]:
    """The samples in pieces, and how many there have been with each."""
    for start in range(0, len(samples), size):
        piece = samples[start : start + size]
        yield start + len(piece), piece
