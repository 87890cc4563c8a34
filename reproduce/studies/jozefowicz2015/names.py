"""The rows and tasks of the study."""

from collections.abc import Mapping
from typing import Any

from reproduce.study import DataSet

PLAIN = {"use_peepholes": False, "unit_forget_bias": False}
"""The LSTM of the paper; that of Keras has a forget bias of 1."""

CELLS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "tanh": ("tanh", {}),
    "lstm": ("lstm", PLAIN),
    "lstm_f": ("lstm_variant", {**PLAIN, "use_forget_gate": False}),
    "lstm_i": ("lstm_variant", {**PLAIN, "use_input_gate": False}),
    "lstm_o": ("lstm_variant", {**PLAIN, "use_output_gate": False}),
    "lstm_b": ("lstm", {**PLAIN, "unit_forget_bias": 1.0}),
    "gru": ("gru", {}),
    "mut1": ("mut1", {}),
    "mut2": ("mut2", {}),
    "mut3": ("mut3", {}),
    "lstm_b2": ("lstm", {**PLAIN, "unit_forget_bias": 2.0}),
    "lstm_chrono": ("lstm", PLAIN),
}
"""For each row its layer, by its name in `keras_gated.models.UNITS`, and arguments."""

DIAL = ("lstm", "lstm_b", "lstm_b2", "lstm_chrono")
"""The rows that differ in nothing but the bias of the forget gate at the beginning."""

ONLY_DIAL = DIAL[2:]
"""Those of them that the paper does not have."""

ROWS = tuple(row for row in CELLS if row not in ONLY_DIAL)
"""Those of the paper's table."""

TITLES = {
    "tanh": "tanh",
    "lstm": "LSTM",
    "lstm_f": "LSTM-f",
    "lstm_i": "LSTM-i",
    "lstm_o": "LSTM-o",
    "lstm_b": "LSTM-b",
    "gru": "GRU",
    "mut1": "MUT1",
    "mut2": "MUT2",
    "mut3": "MUT3",
    "lstm_b2": "LSTM, forget bias 2",
    "lstm_chrono": "LSTM, chrono",
}

MEMORIZATION = "memorization"
WORDS, PENN_TREEBANK = "words", "penn_treebank"
ARITHMETIC, COPYING = "arithmetic_", "copying_"

MUSIC = ("nottingham", "piano_midi_de")
"""The sets whose rows are compared by NLL."""

LAGS = (100, 500)
MOST_DIGITS = 8

DATASETS = {
    **{
        f"{ARITHMETIC}{n}": DataSet(
            f"Arithmetic, {n} digit{'s' if n > 1 else ''}",
            "" if n == MOST_DIGITS else "the paper's arithmetic to 8 digits",
        )
        for n in range(1, MOST_DIGITS + 1)
    },
    "xml": DataSet("XML"),
    MEMORIZATION: DataSet("Memorisation, 5 of 26"),
    **{f"{COPYING}{lag}": DataSet(f"Copying over {lag} steps") for lag in LAGS},
    WORDS: DataSet("King James Bible, words", "the Penn Treebank"),
    PENN_TREEBANK: DataSet("Penn Treebank"),
    **dict(zip(MUSIC, (DataSet("Nottingham"), DataSet("Piano-midi.de")), strict=True)),
}

LABELS = {
    "dataset": {name: dataset.title for name, dataset in DATASETS.items()},
    "unit": TITLES,
}
"""What is shown for them, in the order in which it is shown."""

ALL_SYMBOLS, KNOWN = "accuracy", "known_accuracy"
"""The accuracies: over all symbols, and over those that can be known."""


def title(unit: str, dropout: float = 0.0) -> str:
    """The name of a row for readers."""
    return f"{TITLES[unit]}, dropout {dropout}" if dropout else TITLES[unit]
