"""The lesson of the documentation: its code runs, and what it says is so."""

import contextlib
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.pages import PICTURES, ROOT, run_page, words
from tests.tiers import exhaustive_elsewhere

PAGE = ROOT / "docs" / "lesson.md"


def share(norms, distance):
    """The gradient `distance` steps before the loss, as a share of that at the loss."""
    medians = np.median(norms, axis=0)
    return medians[-1 - distance] / medians[-1]


def means(gate):
    """The mean of each unit over the chorale."""
    return gate[0].mean(axis=0)


def holding(gates):
    """The unit that keeps most of its cell."""
    return means(gates["forget_gate"]).argmax()


def counted(gates):
    """Its cell over the chorale."""
    return gates["carry"][0][:, holding(gates)]


GATED = ("LSTM", "GRU")

MEASURED = {
    "less than a thousandth of the gradient is left 20 steps before the loss": (
        lambda page: share(page["scaled"]["1 U"], 20) < 1e-3
    ),
    "and less than a ten-millionth 50 steps before": (
        lambda page: share(page["scaled"]["1 U"], 50) < 1e-7
    ),
    "at 200 steps it is less than one part in $10^{25}$": (
        lambda page: share(page["scaled"]["1 U"], 200) < 1e-25
    ),
    "With three times the matrix it is more than a billion times as long as at the "
    "loss": lambda page: share(page["scaled"]["3 U"], 200) > 1e9,
    "Over this chorale it is more shut than open": (
        lambda page: page["gates"]["input_gate"].mean() < 0.4
    ),
    "One unit keeps more than 0.95 from one chord to the next, on average. None of the "
    "others keeps as much as three quarters, so that half of what they hold is gone "
    "after three": (
        lambda page: (
            np.sum(means(page["gates"]["forget_gate"]) > 0.95) == 1
            and np.sum(means(page["gates"]["forget_gate"]) >= 0.75) == 1
        )
    ),
    "the unit that holds on adds nearly 1 at every chord, and has come to 56 at the "
    "end of the 57": (
        lambda page: (
            (np.diff(counted(page["gates"])) > 0.8).all()
            and len(counted(page["gates"])) == 57
            and round(counted(page["gates"])[-1]) == 56
        )
    ),
    "some keep more than 0.99 of their state at a step, on average, others less than a "
    "tenth": (
        lambda page: (
            np.sum(means(page["gru_gates"]["update_gate"]) > 0.99) >= 2
            and np.sum(means(page["gru_gates"]["update_gate"]) < 0.1) >= 2
        )
    ),
    "at 100 steps more than a quarter of it is left, and at 200 steps still more than "
    "a tenth": (
        lambda page: (
            share(page["trained_norms"]["GRU"], 100) > 0.25
            and share(page["trained_norms"]["GRU"], 200) > 0.1
        )
    ),
    "as of the simple unit's, less than a thousandth is left 20 steps before the "
    "loss": (
        lambda page: all(
            share(page["trained_norms"][name], 20) < 1e-3
            for name in ("LSTM", "simple unit")
        )
    ),
    "at half of the steps and units less than an eighth of the cell stays": (
        lambda page: np.median(page["gates"]["forget_gate"]) < 1 / 8
    ),
    "its output gate is less than a twentieth open on average": (
        lambda page: means(page["gates"]["output_gate"])[holding(page["gates"])] < 0.05
    ),
    "the error of the simple unit is more than three times that of either gated unit": (
        lambda page: all(
            page["errors"]["simple unit"] > 3 * page["errors"][name] for name in GATED
        )
    ),
    "The gradient of the simple unit falls below a tenth": (
        lambda page: share(page["noted_norms"]["simple unit"], 200) < 0.1
    ),
    "the LSTM and the GRU keep more than a tenth": (
        lambda page: all(share(page["noted_norms"][name], 200) > 0.1 for name in GATED)
    ),
}
"""What the page says of what its code measures, and whether that is so."""


@exhaustive_elsewhere
def test_what_the_page_measures(data_dir, tmp_path):
    with contextlib.chdir(tmp_path):
        page = run_page(PAGE)
    plt.close("all")
    made = {picture.name for picture in tmp_path.iterdir()}
    assert made == set(re.findall(r"\(examples/(.*?)\)", PAGE.read_text("utf-8")))
    assert made == {picture.name for picture in PICTURES.glob("lesson_*")}
    assert [said for said, holds in MEASURED.items() if not holds(page)] == []


@pytest.mark.once
@pytest.mark.parametrize("said", MEASURED)
def test_the_page_says_what_is_measured(said):
    assert said in words(PAGE.read_text("utf-8"))
