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
            assert n // DAYS <= len(mine) <= -(-n // DAYS)


def test_the_variable_names_the_day(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert chosen_day() is None
    monkeypatch.setenv(VARIABLE, "2026-11-28")
    assert chosen_day() == date(2026, 11, 28)
    monkeypatch.setenv(VARIABLE, "today")
    with pytest.raises(ValueError, match=r"date like 2026-11-28.* 'today'"):
        chosen_day()
