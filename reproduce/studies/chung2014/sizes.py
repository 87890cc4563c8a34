"""The paper's table 1: models with equally many parameters."""

import pandas as pd
from rich.table import Table

from keras_gated.models import count_parameters
from reproduce.studies.chung2014.paper import (
    MUSIC_UNITS,
    PAPER_PARAMETERS,
    SAMPLES_OUT,
    SPEECH_COMPONENTS,
    SPEECH_UNITS,
)

MUSIC_SIZES = (88, 93, 96, 105, 108)
"""The keys of a piano, and the highest pitches of the paper's four sets."""

SPEECH_OUTPUTS = SPEECH_COMPONENTS * (1 + 2 * SAMPLES_OUT)

ROWS = (
    ("speech", 20, SPEECH_OUTPUTS, SPEECH_UNITS),
    *(("music", size, size, MUSIC_UNITS) for size in MUSIC_SIZES),
)
"""Kind of data, sizes of input and output, and number of units."""


def size_table() -> pd.DataFrame:
    """Counts the parameters of the models of table 1.

    Returns:
        One row for each size of input and unit: parameters of the recurrent layer, of
        the whole model with its head, and the paper's number.
    """
    rows = [
        {
            "data": kind,
            "input_size": size,
            "unit": unit,
            "units": units,
            "recurrent": count_parameters(unit, units, size),
            "total": count_parameters(unit, units, size, output_size=outputs),
            "paper": PAPER_PARAMETERS[kind][unit],
        }
        for kind, size, outputs, units_of_kind in ROWS
        for unit, units in units_of_kind.items()
    ]
    return pd.DataFrame(rows)


def table1() -> Table:
    """Counts the parameters of the recurrent layers beside the paper's counts.

    The paper prints one row for four music sets of different input sizes and does not
    say which one it counts; no single size gives its numbers.
    """
    table = Table(title="Table 1: parameters of the recurrent layer (head not counted)")
    table.add_column("data")
    table.add_column("input size", justify="right")
    for unit in SPEECH_UNITS:
        table.add_column(unit, justify="right")
    for unit in SPEECH_UNITS:
        table.add_column(f"paper's\n{unit}", justify="right")
    for (kind, size), rows in size_table().groupby(["data", "input_size"], sort=False):
        table.add_row(
            kind,
            str(size),
            *(f"{count:,}" for count in rows["recurrent"]),
            *(f"{count / 1000:.1f}k" for count in rows["paper"]),
        )
    return table
