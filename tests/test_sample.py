"""The share of the exhaustive checks that a day runs."""

from datetime import date, timedelta

import pytest

from tests.sample import DAYS, VARIABLE, chosen_day, share_of

pytestmark = pytest.mark.once

NAMES = [f"a.py::test_{n}[{k}]" for n in range(10) for k in range(n)] + ["b.py::test"]
WEEK = [date(2026, 12, 29) + timedelta(days=days) for days in range(DAYS)]


def test_a_week_runs_everything_once():
    shares = [share_of(day, NAMES) for day in WEEK]
    assert sorted(name for share in shares for name in share) == sorted(NAMES)


def test_every_day_has_about_as_much_of_each_function():
    for day in WEEK:
        share = share_of(day, NAMES)
        assert abs(len(share) - len(NAMES) / DAYS) < 1
        for n in range(10):
            mine = [name for name in share if name.startswith(f"a.py::test_{n}[")]
            assert n // DAYS - 1 <= len(mine) <= -(-n // DAYS) + 1


def test_a_day_has_other_columns_in_every_row_of_a_table():
    table = [f"a.py::test[{row}-{column}]" for row in range(7) for column in range(42)]
    share = share_of(WEEK[0], table)
    columns = [name.partition("-")[2] for name in share]
    assert len(columns) == len(set(columns)) == 42


def test_the_variable_names_the_day(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert chosen_day() is None
    monkeypatch.setenv(VARIABLE, "2026-11-28")
    assert chosen_day() == date(2026, 11, 28)
    monkeypatch.setenv(VARIABLE, "today")
    with pytest.raises(ValueError, match=r"date like 2026-11-28.* 'today'"):
        chosen_day()
