"""The collections, vocabularies and units of the study."""

from reproduce.study import DataSet

ALL_COLLECTIONS = "collections"

COLLECTIONS = {
    "nottingham": ("nottingham",),
    "oneill": ("oneill",),
    "ryan": ("ryan",),
    "aird": ("aird",),
    ALL_COLLECTIONS: ("nottingham", "oneill", "ryan", "aird"),
}
"""The collections of the library that a data set has."""

DATASETS = {
    "nottingham": DataSet("Nottingham"),
    "oneill": DataSet("O'Neill"),
    "ryan": DataSet("Ryan"),
    "aird": DataSet("Aird"),
    ALL_COLLECTIONS: DataSet("All four collections"),
}

TITLES = {name: dataset.title for name, dataset in DATASETS.items()}

UNITS = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}

TOKENS, CHARACTERS = "tokens", "characters"

VOCABULARIES = {TOKENS: "tokens", CHARACTERS: "characters"}

HELD_OUT, NGRAM = "held-out tunes", "5-gram"
"""What the tunes of models are looked at beside."""


def model_name(unit: str, encoding: str) -> str:
    """A model for readers."""
    return f"{UNITS[unit]}, {encoding}"
