"""How well the closing brace is known, by how long ago the opening one was."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from reproduce.studies.karpathy2015.analysis.bootstrap import mean_interval
from reproduce.studies.karpathy2015.analysis.streams import Array, checked

OPENING, CLOSING = b"{}"

EDGES = (0, 20, 40, 60, 80, 100, 125, 150, 200, 250, 300)
"""Between them lie the bins of the distance, each with its upper edge."""


@dataclass(frozen=True, eq=False)
class Braces:
    """The closing braces of a text whose opening ones are in the same stream.

    Args:
        rows: The stream of each.
        steps: Its place among the predicted characters of the stream.
        distances: Characters from the opening brace to it.
    """

    rows: Array
    steps: Array
    distances: Array

    def __len__(self) -> int:
        return len(self.rows)


def closing_braces(streams: Array) -> Braces:
    """Finds the braces that close one that was seen.

    Braces in comments and strings count like others: the model has to tell them apart,
    too.
    """
    found = []
    for row, characters in enumerate(streams):
        opened: list[int] = []
        for place in np.flatnonzero(np.isin(characters, [OPENING, CLOSING])).tolist():
            if characters[place] == OPENING:
                opened.append(place)
            elif opened:
                found.append((row, place - 1, place - opened.pop()))
    rows, steps, distances = np.array(found, int).reshape(-1, 3).T
    return Braces(rows, steps, distances)


def brace_table(
    streams: Array, model: Array, ngram: Array, edges: Sequence[int] = EDGES
) -> pd.DataFrame:
    """The mean probability of the closing brace by distance, a model's and an n-gram's.

    Args:
        streams: The text, `(streams, steps + 1)` bytes.
        model: Probabilities of the right characters by the model, `(streams, steps)`.
        ngram: Likewise by the n-gram.
        edges: The edges of the bins of the distance.

    Returns:
        A row for each bin with a brace: `over` and `to`, its edges, `braces`, the means
        `model` and `ngram`, and their `difference`, each with an interval of 95 %
        over the braces.

    Raises:
        ValueError: If the arrays do not fit each other.

    Reference:
        Karpathy, Johnson and Li 2015 (arXiv:1506.02078), section 4.3, figure 5.
    """
    text, model = checked(streams, model)
    text, ngram = checked(text, ngram)
    braces = closing_braces(text)
    ours, theirs = (values[braces.rows, braces.steps] for values in (model, ngram))
    bins = np.searchsorted(edges, braces.distances) - 1
    rows = []
    for number, (over, to) in enumerate(pairwise(edges)):
        here = bins == number
        if not here.any():
            continue
        row: dict[str, float] = {"over": over, "to": to, "braces": int(here.sum())}
        for name, values in (
            ("model", ours),
            ("ngram", theirs),
            ("difference", ours - theirs),
        ):
            row[name] = float(values[here].mean())
            row[f"{name}_low"], row[f"{name}_high"] = mean_interval(values[here])
        rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "over",
    "to",
    "braces",
    *(
        f"{name}{end}"
        for name in ("model", "ngram", "difference")
        for end in ("", "_low", "_high")
    ),
]
