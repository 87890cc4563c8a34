import pandas as pd
import pytest

from reproduce.report.datasets import data_notes, marked_title
from reproduce.study import DataSet

SETS = {
    "tunes": DataSet("Tunes"),
    "songs": DataSet("Songs"),
    "hiss": DataSet("Hiss", stands_for="the paper's voices"),
    "hum": DataSet("Hum", stands_for="the paper's voices"),
}


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("tunes", "canonical", "Tunes"),
        ("tunes", "another edition", "Tunes (NOT comparable)"),
        ("hiss", "canonical", "Hiss (stand-in)"),
        ("hiss", "made up", "Hiss (stand-in)"),
    ],
)
def test_marks(name, data, shown):
    assert marked_title(SETS[name], data) == shown


def test_notes_say_which_and_why():
    rows = [
        ("hiss", "made up"),
        ("songs", "another edition"),
        ("tunes", "canonical"),
        ("hum", "drawn"),
        ("hiss", "made up"),
    ]
    table = pd.DataFrame(rows, columns=["dataset", "data"])
    assert data_notes(SETS, table) == (
        "**NOT comparable with the paper, for other data: Songs (another edition).** "
        "**Stand-ins for the paper's voices: Hiss (made up), Hum (drawn).**"
    )
    assert data_notes(SETS, table[2:3]) == ""
