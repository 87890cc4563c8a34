"""Checks register themselves, in the order in which their files are imported."""

from pathlib import Path

import pytest

import keras_gated.testing
from keras_gated.testing import CHECKS, WRAPPER_CHECKS
from keras_gated.testing.check import layer_check

FOLDER = Path(keras_gated.testing.__file__).parent

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("folder", "decorator", "table"),
    [
        ("_checks", "@layer_check(", CHECKS),
        ("_weight_wrappers", "@wrapper_check(", WRAPPER_CHECKS),
    ],
)
def test_every_check_is_in_its_table(folder, decorator, table):
    written = sum(
        path.read_text("utf-8").count(decorator)
        for path in (FOLDER / folder).glob("*.py")
    )
    assert written == len(table) > 30


def test_no_check_takes_the_place_of_another():
    def masks(subject):
        """Has the name of one that there is."""

    found = CHECKS["masks"]
    with pytest.raises(ValueError, match="two checks of the name 'masks'"):
        layer_check("masks")(masks)
    assert CHECKS["masks"] is found
