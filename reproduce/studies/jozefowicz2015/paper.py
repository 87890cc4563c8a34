"""The numbers of Jozefowicz et al. 2015."""

import math

from reproduce.studies.jozefowicz2015.names import ARITHMETIC, PENN_TREEBANK, WORDS

TABLE_1 = {
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
"""The best validation accuracy of each row among some 220 settings, on arithmetic, XML
and the Penn Treebank."""

TABLE_2 = {
    "tanh": (3.612, 3.267, 6.809),
    "lstm": (3.492, 3.403, 6.866),
    "lstm_f": (3.732, 3.420, 6.813),
    "lstm_i": (3.426, 3.252, 6.856),
    "lstm_o": (3.406, 3.253, 6.870),
    "lstm_b": (3.419, 3.345, 6.820),
    "gru": (3.410, 3.427, 6.876),
    "mut1": (3.254, 3.376, 6.792),
    "mut2": (3.372, 3.429, 6.852),
    "mut3": (3.337, 3.505, 6.840),
}
"""NLL in nats per step of each row, on Nottingham without dropout and with it, and on
Piano-midi.de. We know neither the share of dropout nor the split."""

WITH_DROPOUT = "{} with dropout"

COLUMNS = {
    "table 1": ("arithmetic", "xml", PENN_TREEBANK),
    "table 2": ("nottingham", WITH_DROPOUT.format("nottingham"), "piano_midi_de"),
}

PUBLISHED = {
    name: {
        row: dict(zip(COLUMNS[name], numbers, strict=True))
        for row, numbers in table.items()
    }
    for name, table in (("table 1", TABLE_1), ("table 2", TABLE_2))
}


def score(dataset: str, row: str, dropout: float = 0.0) -> float:
    """The paper's accuracy of a row on a task, or its NLL on music.

    Args:
        dataset: The task.
        row: The row.
        dropout: The share of dropout. Any above 0 is beside the paper's.

    Returns:
        The number; NaN if the paper gives none.
    """
    column = "arithmetic" if dataset.startswith(ARITHMETIC) else dataset
    column = PENN_TREEBANK if dataset == WORDS else column
    if dropout:
        column = WITH_DROPOUT.format(column)
    numbers = [table.get(row, {}).get(column) for table in PUBLISHED.values()]
    return next((number for number in numbers if number is not None), math.nan)
