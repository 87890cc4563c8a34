"""The texts and models of the study, and which of them are looked into."""

from reproduce.study import DataSet

ROWS_SPLIT, TAIL_SPLIT = "rows", "tail"

DATASETS = {
    "war_and_peace": DataSet("War and Peace"),
    "war_and_peace_tail": DataSet("War and Peace, its tail"),
    "linux_kernel": DataSet("Linux kernel", "the paper's cut of the Linux kernel"),
    "linux_kernel_tail": DataSet(
        "Linux kernel, its tail", "the paper's cut of the Linux kernel"
    ),
}

TITLES = {name: dataset.title for name, dataset in DATASETS.items()}

UNITS = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}
"""In the order of the paper's table."""

LARGE, SMALL = ("lstm", 3, 128), ("lstm", 2, 64)
"""The models whose errors are compared: unit, layers, row."""

LARGE_GRU = ("gru", 3, 128)
"""The GRU whose gates are looked at."""

LOOKED_INTO = (LARGE, LARGE_GRU, SMALL)
"""The models of whose characters and gates more is kept than probabilities."""

WATCHED = SMALL
"""The model whose first epochs are watched."""


def text_of(dataset: str) -> str:
    """The name of the text in the library."""
    return dataset.removesuffix(f"_{TAIL_SPLIT}")


def split_of(dataset: str) -> str:
    """How the text is cut: `"rows"` or `"tail"`."""
    return TAIL_SPLIT if dataset.endswith(TAIL_SPLIT) else ROWS_SPLIT


def model_name(unit: str, layers: int, row: int) -> str:
    """A model for readers."""
    return f"{UNITS[unit]}, {layers} layer{'s' if layers > 1 else ''}, row {row}"
