import math

import pandas as pd

from reproduce.report.markdown import (
    decimals,
    interval,
    markdown_table,
    probability,
    short,
    signed,
    spread,
    whole_table,
)


def test_a_table_in_markdown():
    rows = [("a|b", "1.5", ""), ("two\nlines", "—", "**3**")]
    assert markdown_table(("text", "number", "bold"), rows).splitlines() == [
        "| text | number | bold |",
        "| --- | ---: | ---: |",
        r"| a\|b | 1.5 |  |",
        "| two lines | — | **3** |",
    ]


def test_a_whole_data_frame():
    table = pd.DataFrame({"data_set": ["x", "y"], "nll": [1.23456, math.nan]})
    assert whole_table(table.assign(seeds=[3, 4])).splitlines() == [
        "| data set | nll | seeds |",
        "| --- | ---: | ---: |",
        "| x | 1.235 | 3 |",
        "| y | — | 4 |",
    ]
    assert whole_table(table.iloc[:0]) == ""


def test_numbers_for_readers():
    assert (decimals(1.23456), decimals(1.23456, 2)) == ("1.235", "1.23")
    assert spread(1.0, 0.25) == "1.000 ± 0.250"
    assert spread(1.0, math.nan) == "1.000"
    assert (signed(0.5), signed(-0.5)) == ("+0.500", "-0.500")
    assert interval(-0.5, 0.25) == "-0.500 to +0.250"
    assert (probability(0.0009), probability(0.001)) == ("<0.001", "0.001")
    assert (short(1.7e-3), short(1e-12)) == ("1.7e-3", "1.0e-12")


def test_no_number_is_a_dash():
    none = math.nan
    shown = [f(none) for f in (decimals, signed, probability)]
    assert [*shown, spread(none, none), interval(none, none)] == ["—"] * 5
