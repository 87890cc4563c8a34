"""The paper's table 1: models with equally many parameters."""

from rich.table import Table

from keras_gated.models import count_parameters
from reproduce.studies.chung2014 import MUSIC_UNITS, PAPER_PARAMETERS, SPEECH_UNITS

ROWS = (
    ("speech", 20, SPEECH_UNITS),
    *(("music", size, MUSIC_UNITS) for size in (88, 93, 96, 105, 108)),
)
"""Kind of data, size of the input, and number of units."""


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
    for kind, size, units in ROWS:
        table.add_row(
            kind,
            str(size),
            *(f"{count_parameters(u, n, size):,}" for u, n in units.items()),
            *(f"{PAPER_PARAMETERS[kind][u] / 1000:.1f}k" for u in units),
        )
    return table
