"""The numbers of Jozefowicz et al. 2015."""

import math

from reproduce.studies.jozefowicz2015.names import ARITHMETIC, PENN_TREEBANK, WORDS

TABLE = {
    "tanh": (0.29493, 0.32050, 0.08782),
    "lstm": (0.89228, 0.42470, 0.08912),
    "lstm_f": (0.29292, 0.23356, 0.08808),
    "lstm_i": (0.75109, 0.41371, 0.08662),
    "lstm_o": (0.86747, 0.42117, 0.08933),
    "lstm_b": (0.90163, 0.44434, 0.08952),
    "gru": (0.89565, 0.45963, 0.09069),
    "mut1": (0.92135, 0.47483, 0.08968),
    "mut2": (0.89735, 0.47324, 0.09036),
    "mut3": (0.90728, 0.46478, 0.09161),
}
"""Its table 1: the best validation accuracy of each row among some 220 settings, on
arithmetic, XML and the Penn Treebank."""

COLUMNS = ("arithmetic", "xml", "penn_treebank")


def accuracy(dataset: str, row: str) -> float:
    """The paper's accuracy of a row; NaN if it gives none."""
    if row not in TABLE:
        return math.nan
    arithmetic, xml, words = TABLE[row]
    if dataset.startswith(ARITHMETIC):
        return arithmetic
    by_name = {"xml": xml, WORDS: words, PENN_TREEBANK: words}
    return by_name.get(dataset, math.nan)


PUBLISHED = {
    "table 1": {
        row: dict(zip(COLUMNS, accuracies, strict=True))
        for row, accuracies in TABLE.items()
    }
}
