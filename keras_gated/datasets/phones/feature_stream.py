"""The frames of a waveform that comes in piece by piece."""

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.phones.features import (
    Floats,
    log_mel,
    waveform_of,
    window_and_hop,
)


class LogMelStream:
    """Makes the frames of `log_mel` while samples come in.

    Args:
        sample_rate: Samples per second.
        bands: See `log_mel`.

    Raises:
        ValueError: If the sample rate is none.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.datasets.phones import LogMelStream, log_mel
        >>> sound = np.random.default_rng(0).normal(scale=0.1, size=1600)
        >>> stream = LogMelStream(16_000)
        >>> pieces = [stream.push(sound[i : i + 100]) for i in range(0, 1600, 100)]
        >>> bool(np.array_equal(np.concatenate(pieces), log_mel(sound, 16_000)))
        True
    """

    def __init__(self, sample_rate: int, bands: int = 40) -> None:
        self.sample_rate = sample_rate
        self.bands = bands
        self._window, self._hop = window_and_hop(sample_rate)
        self._waiting: npt.NDArray[np.floating] | None = None

    def push(self, samples: npt.ArrayLike) -> Floats:
        """Takes samples, as `log_mel` does.

        Returns:
            `(frames, bands)`, the frames that are complete now, which may be none.

        Raises:
            ValueError: As `log_mel`, and if the samples are of another type than those
                before.
        """
        new = np.asarray(samples)
        # Now, not when there are enough of them for a frame.
        waveform_of(new)
        if self._waiting is not None and new.dtype != self._waiting.dtype:
            raise ValueError(
                f"The stream has had samples of {self._waiting.dtype}. Received "
                f"{new.dtype}."
            )
        waiting = new if self._waiting is None else np.concatenate([self._waiting, new])
        frames = max(0, (len(waiting) - self._window) // self._hop + 1)
        self._waiting = waiting[frames * self._hop :]
        if not frames:
            return np.zeros((0, self.bands), np.float32)
        return log_mel(waiting, self.sample_rate, self.bands)

    def reset(self) -> None:
        """Starts a new waveform."""
        self._waiting = None
