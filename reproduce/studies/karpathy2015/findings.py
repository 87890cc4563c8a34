"""What a trained model leaves for the report, and what the report makes of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keras_gated import analysis
from keras_gated.analysis import Saturation
from reproduce.studies.karpathy2015.analysis.error_tree import ErrorTree, removed_by
from reproduce.studies.karpathy2015.analysis.oracles import (
    Oracle,
    all_oracles,
    count_words,
)
from reproduce.studies.karpathy2015.data import TextTask, as_bytes
from reproduce.studies.karpathy2015.ngrams import of_test_text
from reproduce.studies.karpathy2015.paper import CONTEXTS
from reproduce.task import Array
from reproduce.training.arrays import Arrays

SHORT = 9
"""The n-grams of the oracle see up to so many characters."""

SEQUENCES = 10
"""Streams whose gates are looked at together."""

CHARACTERS, TEXT, LONGEST = "log_probabilities", "text", "longest_ngram"
COURSE = "course"
ORACLE, GATE = "oracle ", "gate "


def about_errors(task: TextTask, log_probabilities: Array) -> dict[str, Arrays]:
    """What the oracles know of each character, and the longest n-gram gives it."""
    data = task.text
    text = as_bytes(data, data.test)
    ngrams = np.exp(of_test_text(data))
    oracles = all_oracles(
        text,
        np.exp(log_probabilities),
        ngrams[: CONTEXTS.index(SHORT) + 1],
        count_words(as_bytes(data, data.train)),
    )
    return {
        TEXT: [text],
        LONGEST: [ngrams[-1].astype(np.float32)],
        **{
            ORACLE + oracle.name: [
                oracle.first.astype(np.int8),
                np.frombuffer("\n".join(oracle.settings).encode(), np.uint8),
            ]
            for oracle in oracles
        },
    }


def about_gates(twin: Any, task: TextTask) -> dict[str, Arrays]:
    """How often each gate is nearly shut and nearly open on the test text.

    Args:
        twin: The model, without states that are carried: a stream is one sequence.
        task: The text.
    """
    streams = task.text.test[:, :-1]
    found: dict[str, Any] = {}
    for begin in range(0, len(streams), SEQUENCES):
        some = streams[begin : begin + SEQUENCES]
        shares = analysis.saturation(analysis.gates(twin, some))
        for layer, gates in enumerate(shares.values(), 1):
            for gate, of_gate in gates.items():
                sums = found.setdefault(f"{GATE}{layer} {gate}", [0.0, 0.0])
                sums[0] += of_gate.left * len(some) / len(streams)
                sums[1] += of_gate.right * len(some) / len(streams)
    return found


def error_tree_of(left: Mapping[str, Arrays]) -> ErrorTree:
    """The errors of a model, from what it left."""
    return removed_by(np.exp(left[CHARACTERS][0]), list(_oracles(left)))


def _oracles(left: Mapping[str, Arrays]) -> Iterator[Oracle]:
    for name, arrays in left.items():
        if name.startswith(ORACLE):
            first, settings = arrays
            names = settings.tobytes().decode().split("\n")
            yield Oracle(name.removeprefix(ORACLE), tuple(names), first)


def saturation_of(left: Mapping[str, Arrays]) -> dict[str, dict[str, Saturation]]:
    """The saturation of the gates of a model by layer and gate, from what it left."""
    found: dict[str, dict[str, Saturation]] = {}
    for name, arrays in left.items():
        if name.startswith(GATE):
            (shut, opened), (layer, gate) = arrays, name.removeprefix(GATE).split(" ")
            of_layer = found.setdefault(f"layer {layer}", {})
            of_layer[gate] = Saturation(shut, opened, 0.1, 0.9)
    return found
