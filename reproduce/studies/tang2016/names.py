"""The data sets and models of the study."""

from reproduce.study import DataSet

FRAMES, CTC = "frames", "ctc"
"""What a model is trained for: the phone of every frame, or those of a sentence."""

SOURCES = {
    "flite": "Synthetic speech",
    "asterisk": "One natural speaker",
    "fsdd": "Digits, other speakers",
}

OBJECTIVES = {FRAMES: "frames", CTC: "CTC"}

DATASETS = {
    f"{source}_{objective}": DataSet(f"{title}, {what}", "the licensed corpus WSJ")
    for source, title in SOURCES.items()
    for objective, what in OBJECTIVES.items()
}

TITLES = {name: dataset.title for name, dataset in DATASETS.items()}

UNITS = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}

DIRECTIONS = {"forward": "forward", "both": "both ways"}


def source_of(dataset: str) -> str:
    """The name of the data in the library."""
    return dataset.rpartition("_")[0]


def objective_of(dataset: str) -> str:
    """What is trained for: `"frames"` or `"ctc"`."""
    return dataset.rpartition("_")[2]
