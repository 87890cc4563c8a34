"""The order, the names and the colours of what a report shows."""

from functools import partial

import pandas as pd

from reproduce.report import datasets, order
from reproduce.studies.chung2014.paper import MUSIC, SPEECH, TITLES
from reproduce.studies.chung2014.trial import PENALTIES_COMPARED, SEARCHED
from reproduce.study import DataSet

UBISOFT = "Ubisoft's sets, which were never public"

DATASETS = {
    name: DataSet(TITLES[name], stands_for=UBISOFT if name in SPEECH else "")
    for name in ("nottingham", "jsb_chorales", "musedata", "piano_midi_de", *SPEECH)
}
"""The data sets in the order of the paper's table 2."""

MUSIC_IN_TABLES = tuple(name for name in DATASETS if name in MUSIC)

NAMES = {"lstm": "LSTM", "gru": "GRU", "tanh": "tanh"}

COLOURS = {"lstm": "#0072B2", "gru": "#D55E00", "tanh": "#009E73"}
"""One colour for each unit, told apart by colour-blind readers too."""

PROTOCOLS = {
    "ours": "our protocol",
    "paper": "the paper's protocol",
    "code": "the protocol of the authors' code",
    SEARCHED: "our search",
    PENALTIES_COMPARED: "penalties compared",
}
"""The first of these that was run is the headline protocol."""

STUDIED = (SEARCHED, PENALTIES_COMPARED)
"""Those whose trials differ in more than the learning rate."""

PROTOCOLS_IN_TABLES = {
    "ours": "ours",
    "paper": "the paper's",
    "code": "the authors' code",
    SEARCHED: "search",
    PENALTIES_COMPARED: "penalties",
}

HEADLINE_ARM = "table1"

LABELS = {
    "protocol": PROTOCOLS,
    "arm": {
        HEADLINE_ARM: "as in table 1",
        "total": "equal parameters of the whole model",
        "no_peepholes": "no peepholes",
        "reset_after": "reset gate after the matrix product",
    },
    "dataset": {name: dataset.title for name, dataset in DATASETS.items()},
    "unit": NAMES,
}
"""For columns of the results what their values are called, in their order."""

rank = partial(order.rank, LABELS)
in_order = partial(order.in_order, LABELS)


def is_speech(dataset: str) -> bool:
    """Whether a data set takes the place of one of Ubisoft's."""
    return dataset in SPEECH


def title(dataset: str) -> str:
    """The name of a data set for readers."""
    return DATASETS[dataset].title


def marked_title(dataset: str, data: str) -> str:
    """The name of a data set with a mark if its results are not comparable."""
    return datasets.marked_title(DATASETS[dataset], data)


def is_comparable(dataset: str, data: str) -> bool:
    """Whether results may be compared with the paper's number by number."""
    return datasets.is_comparable(DATASETS[dataset], data)


def data_notes(table: pd.DataFrame) -> str:
    """Says which results of a table are not comparable with the paper's, and why."""
    return datasets.data_notes(DATASETS, table)


def unit_name(unit: str, units: int) -> str:
    """A unit with the number of them, such as `LSTM 36`."""
    return f"{NAMES[unit]}\N{NO-BREAK SPACE}{units}"
