"""What the pictures show: their places, names and values."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from reproduce.studies.tunes.chosen import Tunes
from reproduce.studies.tunes.judging import COUNTS, PARTS
from reproduce.studies.tunes.names import HELD_OUT, NGRAM
from reproduce.studies.tunes.report.figures import (
    draw_distances,
    draw_runs,
    draw_shares,
)


def tunes_of(share, run, distance):
    columns = dict.fromkeys((*PARTS, "well_formed"), (np.arange(50) < 50 * share) * 1.0)
    runs = {"copied": np.full(50, run), "copied_in_any_key": np.full(50, run / 2)}
    apart = np.tile([distance, distance / 2, 2 * distance], (len(COUNTS), 1))
    return Tunes([pd.DataFrame({**columns, **runs})] * 2, [apart, 2 * apart])


ORIGINS = {
    HELD_OUT: tunes_of(0.9, 12.0, 0.1),
    NGRAM: tunes_of(0.1, 10.0, 0.2),
    "GRU, tokens": tunes_of(0.8, 8.0, 0.3),
}


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draws, and returns the figure that was saved instead of the file."""
    figures = []
    monkeypatch.setattr(
        Figure, "savefig", lambda figure, *_, **options: figures.append(figure)
    )

    def draw(function):
        function(ORIGINS, tmp_path / "figure.png")
        return figures.pop()

    return draw


def names(axis):
    """The labels of an axis from the top down."""
    ticks = zip(axis.get_yticks(), axis.get_yticklabels(), strict=True)
    places = axis.transData.transform([(0, y) for y, _ in ticks])[:, 1]
    labels = [text.get_text() for text in axis.get_yticklabels()]
    return [labels[n] for n in np.argsort(-places)]


def test_shares_of_well_formed_tunes(drawn):
    bars, parts = drawn(draw_shares).axes
    assert names(bars) == list(ORIGINS)
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([90, 10, 80])
    texts = [text.get_text() for text in parts.texts]
    assert texts == [share for share in ("90", "10", "80") for _ in PARTS]


def test_copied_runs(drawn):
    tokens, notes = drawn(draw_runs).axes
    for axis, factor in ((tokens, 1), (notes, 0.5)):
        for line, run in zip(axis.lines, (12, 10, 8), strict=False):
            x, y = line.get_data()
            assert (x[0], y[0], y[-1]) == (0, 100, 0)
            assert set(x[1:]) == {run * factor}
    assert [t.get_text() for t in notes.get_legend().get_texts()] == list(ORIGINS)


def test_distances(drawn):
    axes = drawn(draw_distances).axes
    assert len(axes) == len(COUNTS)
    assert names(axes[0]) == list(ORIGINS)
    # An interval and a point for each seed.
    points = [line.get_xdata()[0] for line in axes[1].lines[1::2]]
    assert points == pytest.approx([0.1, 0.2, 0.2, 0.4, 0.3, 0.6])
    low, high = axes[1].lines[0].get_xdata()
    assert (low, high) == pytest.approx((0.05, 0.2))
