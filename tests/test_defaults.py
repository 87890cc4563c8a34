"""No default changes unnoticed: of arguments, of fields, of the options of commands."""

import json

import pytest

from tests.defaults import TABLE, defaults

pytestmark = pytest.mark.once


def test_defaults_are_those_of_the_table():
    expected = json.loads(TABLE.read_text(encoding="utf-8"))
    found = defaults()
    changed = {
        name: (expected.get(name), found.get(name))
        for name in {*expected, *found}
        if expected.get(name) != found.get(name)
    }
    assert not changed, "on purpose? then `python -m tests.defaults` writes the table"
