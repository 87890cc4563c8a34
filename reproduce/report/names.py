"""The order, the names and the colours of what a report shows."""

import math
from typing import Any

from reproduce.studies.chung2014 import SPEECH, TITLES

PROTOCOLS = {
    "ours": "our protocol",
    "paper": "the paper's protocol",
    "code": "the protocol of the authors' code",
}
"""The first of these that was run is the headline protocol."""

PROTOCOLS_IN_TABLES = {
    "ours": "ours",
    "paper": "the paper's",
    "code": "the authors' code",
}

HEADLINE_ARM = "table1"

ARMS = {
    "table1": "as in table 1",
    "total": "equal parameters of the whole model",
    "no_peepholes": "no peepholes",
    "reset_after": "reset gate after the matrix product",
}

NAMES = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}

COLOURS = {"lstm": "#0072B2", "gru": "#D55E00", "tanh": "#009E73"}
"""One colour for each unit, told apart by colour-blind readers too."""

DATASETS = ("nottingham", "jsb_chorales", "musedata", "piano_midi_de", *SPEECH)
"""The data sets in the order of the paper's table 2."""

CANONICAL = "canonical"


def is_speech(dataset: str) -> bool:
    """Whether a data set takes the place of one of Ubisoft's."""
    return dataset in SPEECH


def is_comparable(dataset: str, data: str) -> bool:
    """Whether results may be compared with the paper's number by number."""
    return data == CANONICAL and not is_speech(dataset)


def title(dataset: str) -> str:
    """The name of a data set for readers."""
    return TITLES.get(dataset, dataset)


def marked_title(dataset: str, data: str) -> str:
    """The name of a data set with a mark if its results are not comparable."""
    if is_comparable(dataset, data):
        return title(dataset)
    mark = "stand-in" if is_speech(dataset) else "NOT comparable"
    return f"{title(dataset)} ({mark})"


def rank(column: str, value: Any) -> tuple[int, Any]:
    """Where a value comes in the order of its column; unknown ones come last."""
    order = {
        "protocol": tuple(PROTOCOLS),
        "arm": tuple(ARMS),
        "dataset": DATASETS,
        "unit": tuple(NAMES),
    }.get(column, ())
    return (order.index(value) if value in order else len(order), value)


def short(rate: float) -> str:
    """A learning rate in few characters, such as 1.7e-3."""
    return f"{rate:.1e}".replace("e-0", "e-")


NO_VALUE = "—"
"""What stands in a table where there is no number."""


def decimals(value: float, digits: int = 3) -> str:
    """A number for readers; a dash if there is none."""
    return NO_VALUE if math.isnan(value) else f"{value:.{digits}f}"


def spread(mean: float, std: float, digits: int = 3) -> str:
    """A mean with the standard deviation over seeds, if there is one."""
    text = decimals(mean, digits)
    return text if math.isnan(std) else f"{text} ± {std:.{digits}f}"
