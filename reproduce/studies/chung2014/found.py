"""How we train each unit on each data set: what was found best on validation."""

import math
from dataclasses import dataclass, replace

from reproduce.studies.chung2014.recipe import Recipe, base_of


@dataclass(frozen=True)
class Found:
    """The settings of one unit on one data set.

    Args:
        recipe: The recipe, with the one learning rate.
        epochs: Epochs, over which the learning rate falls along a cosine.
    """

    recipe: Recipe
    epochs: int


def _found(rate: float, epochs: int, recipe: Recipe) -> Found:
    log_rate = math.log(rate)
    return Found(
        replace(recipe, log_rate_range=(log_rate, log_rate), candidates=1), epochs
    )


CHORALES = replace(base_of("jsb_chorales"), batch_size=8, window=0, averaging=0.998)
LONG_PIECES = replace(
    base_of("nottingham"), batch_size=8, window=200, averaging=0.998, weight_noise=0.03
)
DECAYED = replace(LONG_PIECES, weight_decay=0.1)
WAVEFORMS = replace(
    base_of("speech_a"), batch_size=8, window=100, averaging=0.99, weight_noise=0.0
)

FOUND = {
    ("jsb_chorales", "lstm"): _found(
        0.1, 100, replace(CHORALES, batch_size=4, weight_noise=0.05, weight_decay=0.2)
    ),
    ("jsb_chorales", "gru"): _found(
        0.06, 150, replace(CHORALES, weight_noise=0.13, weight_decay=0.3)
    ),
    ("jsb_chorales", "tanh"): _found(
        0.025, 200, replace(CHORALES, weight_noise=0.03, weight_decay=0.15)
    ),
    ("nottingham", "lstm"): _found(0.045, 300, replace(DECAYED, weight_decay=0.13)),
    ("nottingham", "gru"): _found(0.06, 200, DECAYED),
    ("nottingham", "tanh"): _found(
        0.02, 300, replace(DECAYED, weight_noise=0.0, weight_decay=0.15)
    ),
    ("musedata", "lstm"): _found(0.06, 160, replace(DECAYED, weight_noise=0.0)),
    ("musedata", "gru"): _found(0.06, 120, replace(DECAYED, weight_noise=0.0)),
    ("musedata", "tanh"): _found(0.015, 160, replace(DECAYED, weight_noise=0.0)),
    ("piano_midi_de", "lstm"): _found(
        0.06, 80, replace(LONG_PIECES, weight_noise=0.06, l2=6e-4)
    ),
    ("piano_midi_de", "gru"): _found(
        0.03, 80, replace(LONG_PIECES, weight_noise=0.09, l2=3e-4)
    ),
    ("piano_midi_de", "tanh"): _found(0.015, 60, replace(DECAYED, weight_decay=0.3)),
    ("speech_a", "lstm"): _found(0.01, 16, WAVEFORMS),
    ("speech_a", "gru"): _found(0.005, 16, replace(WAVEFORMS, l2=1e-5)),
    ("speech_a", "tanh"): _found(0.0014, 16, replace(WAVEFORMS, window=50)),
    ("speech_b", "lstm"): _found(0.01, 16, WAVEFORMS),
    ("speech_b", "gru"): _found(0.01, 16, WAVEFORMS),
    ("speech_b", "tanh"): _found(0.0014, 16, replace(WAVEFORMS, window=50)),
}
"""By data set and unit."""
