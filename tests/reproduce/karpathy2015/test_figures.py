"""What the pictures show: their places, names and values."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from reproduce.studies.karpathy2015.analysis.braces import brace_table
from reproduce.studies.karpathy2015.analysis.error_tree import error_tree
from reproduce.studies.karpathy2015.analysis.scaling import scaling_table
from reproduce.studies.karpathy2015.colours import ORACLES
from reproduce.studies.karpathy2015.report.course_figures import (
    draw_braces,
    draw_dynamics,
)
from reproduce.studies.karpathy2015.report.error_figures import (
    draw_error_trees,
    draw_scaling,
)
from tests.reproduce.karpathy2015.texts import streams_of


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draws, and returns the figure that was saved instead of the file."""
    figures = []
    monkeypatch.setattr(
        Figure, "savefig", lambda figure, *_, **options: figures.append(figure)
    )

    def draw(function, *arguments):
        function(*arguments, tmp_path / "figure.png")
        (figure,) = figures
        figures.clear()
        return figure

    return draw


def tree(seed, wrong):
    """The errors of a model that is wrong at a share of a text."""
    generator = np.random.default_rng(seed)
    text = streams_of(*["the cat, a dog {it} saw."] * 30)
    values = np.where(generator.random((30, 23)) < wrong, 0.3, 0.8)
    ngrams = generator.random((2, 30, 23))
    return error_tree(text, values, ngrams, {b"the": 9})


def table_of(found):
    table = found.table()
    table.attrs["characters"] = found.causes.size
    return table


def test_bars_are_shares_of_errors(drawn):
    large, small = tree(0, 0.4), tree(1, 0.7)
    tables = {"large": table_of(large), "small": table_of(small)}
    (axis,) = drawn(draw_error_trees, tables).axes
    names = [text.get_text() for text in axis.get_yticklabels()]
    rate = large.errors / large.causes.size
    assert names[0] == f"large\n{large.errors:,} errors, {rate:.0%}"
    widths = np.array([bar.get_width() for bar in axis.patches]).reshape(2, -1)
    assert widths.sum(axis=1) == pytest.approx([100, 100])
    shares = small.by_stream.sum(axis=0) / small.errors
    assert widths[1] == pytest.approx(100 * shares)
    assert len(ORACLES) == widths.shape[1] == len(set(ORACLES.values()))


def test_scaling_shows_both_and_the_difference(drawn):
    small, large = tree(1, 0.7), tree(0, 0.4)
    table = scaling_table(small, large)
    figure = drawn(lambda path: draw_scaling(table, ("small", "large"), path))
    counts, shares = figure.axes
    widths = np.array([bar.get_width() for bar in counts.patches]).reshape(2, -1)
    assert widths[0] == pytest.approx(table["small"] / 1000)
    assert widths[1] == pytest.approx(table["large"] / 1000)
    differences = [bar.get_width() for bar in shares.patches]
    assert differences == pytest.approx((100 * table["share"]).tolist())
    assert sum(differences) == pytest.approx(100)


def test_braces_are_drawn_in_the_middle_of_their_bins(drawn):
    text = streams_of(*["{}" + "." * 30, "{" + "." * 30 + "}"] * 5)
    model, ngram = np.full((2, 10, 31), 0.1)
    model[::2, 0], model[1::2, -1] = 0.9, 0.6
    ngram[::2, 0] = 0.7
    figure = drawn(draw_braces, {"LSTM": brace_table(text, model, ngram)})
    levels, gains = figure.axes
    theirs, ours = levels.lines
    assert ours.get_xdata().tolist() == theirs.get_xdata().tolist() == [10, 30]
    assert ours.get_ydata().tolist() == pytest.approx([0.9, 0.6])
    assert theirs.get_ydata().tolist() == pytest.approx([0.7, 0.1])
    assert gains.lines[0].get_ydata().tolist() == pytest.approx([0.2, 0.5])
    assert levels.get_legend().get_texts()[1].get_text() == "LSTM"


def test_a_line_for_each_ngram(drawn):
    course = pd.DataFrame(
        {
            "epoch": [1.0, 0.5, 0.5, 1.0],
            "context": [1.0, 1.0, 2.0, 2.0],
            "divergence": [0.4, 0.6, 0.9, 0.5],
            "nll": [2.0, 2.2, 2.2, 2.0],
            "ngram_nll": [2.4, 2.4, 1.9, 1.9],
        }
    )
    divergences, losses = drawn(draw_dynamics, course).axes
    first, second = divergences.lines
    assert first.get_xdata().tolist() == [0.5, 1.0]
    assert first.get_ydata().tolist() == [0.6, 0.4]
    assert second.get_ydata().tolist() == [0.9, 0.5]
    assert losses.lines[1].get_ydata().tolist() == pytest.approx([0.3, 0.1])
    names = [text.get_text() for text in losses.get_legend().get_texts()]
    assert names == ["1 character", "2 characters"]


def test_nothing_to_draw(tmp_path):
    path = tmp_path / "none.png"
    assert not draw_error_trees({}, path)
    assert not draw_braces({}, path)
    assert not draw_dynamics(pd.DataFrame(), path)
    assert not path.exists()
