"""What the pictures show: their places, names and values."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from reproduce.studies.odyssey2015.analysis.best_tenth import best_tenth
from reproduce.studies.odyssey2015.analysis.importance import (
    grow_forests,
    importance_table,
)
from reproduce.studies.odyssey2015.analysis.marginals import rate_curves, surface
from reproduce.studies.odyssey2015.analysis.scores import SCORES, Score
from reproduce.studies.odyssey2015.names import ALL, VARIANTS
from reproduce.studies.odyssey2015.paper import JSB_BOXES
from reproduce.studies.odyssey2015.report.figures import draw_boxes, draw_shares
from reproduce.studies.odyssey2015.report.rate_figures import (
    draw_rate_curves,
    draw_surfaces,
)
from tests.reproduce.odyssey2015.trials import AS_IN_THE_PAPER, make_trials

SET = "jsb_chorales"


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draws, and returns the figure that was saved instead of the file."""
    figures = []
    monkeypatch.setattr(
        Figure, "savefig", lambda figure, *_, **options: figures.append(figure)
    )

    def draw(function, *arguments):
        function(*arguments[:1], tmp_path / "figure.png", *arguments[1:])
        (figure,) = figures
        figures.clear()
        return figure

    return draw


@pytest.fixture(scope="module")
def trials():
    return make_trials(40, AS_IN_THE_PAPER)


@pytest.fixture(scope="module")
def forests(trials):
    return grow_forests(trials, trees=8)


def test_boxes_are_of_the_best_tenths_with_the_papers_beside(drawn, trials):
    behind_and_boxes = drawn(draw_boxes, trials).axes
    axis, behind = behind_and_boxes
    assert axis.get_title("left") == "JSB Chorales"
    assert axis.get_ylabel() == "test NLL, nats per step"
    names = [text.get_text() for text in axis.get_xticklabels()]
    assert names == [f"{name}\n4 best" for name in VARIANTS]
    chosen = best_tenth(trials)
    points = [line for line in axis.get_lines() if line.get_marker() == "."]
    for name, line in zip(VARIANTS, points, strict=True):
        wanted = chosen.loc[chosen["variant"] == name, "test"]
        assert line.get_ydata().tolist() == wanted.tolist()
    means = [line for line in axis.get_lines() if line.get_marker() == "D"]
    papers = [line.get_ydata()[0] for line in means]
    np.testing.assert_equal(papers, [JSB_BOXES[name].mean for name in VARIANTS])
    stars = [text.get_text() for text in axis.texts]
    assert stars == ["*"] * 3
    heights = [bar.get_height() for bar in behind.patches]
    assert heights == [3000 if name == "FGR" else 1500 for name in VARIANTS]
    assert behind.get_zorder() < axis.get_zorder()


def test_stand_ins_have_no_numbers_of_the_paper(drawn):
    trials = make_trials(20, dataset="flite_phones")
    figure = drawn(draw_boxes, trials, {"flite_phones": Score(20.0, 0.1, "errors")})
    axis = figure.axes[0]
    assert axis.get_title("left") == "Flite phones (stand-in for TIMIT)"
    assert axis.get_ylabel() == "errors"
    assert not [line for line in axis.get_lines() if line.get_marker() == "D"]
    (legend,) = figure.legends
    assert not any("paper" in text.get_text() for text in legend.get_texts())


def test_a_variant_far_above_is_named_at_the_edge(drawn):
    trials = make_trials(10, {"V": 0.0, "NOAF": 2.0}, lambda *_: 8.5, spread=0.0)
    axis = drawn(draw_boxes, trials).axes[0]
    assert axis.get_ylim()[1] < 10
    assert "\N{UPWARDS ARROW} 10.50" in [text.get_text() for text in axis.texts]


def test_shares_stand_beside_the_papers(drawn, trials, forests):
    table = importance_table(trials, forests)
    (axis,) = drawn(draw_shares, table).axes
    rows = table[table["variant"] == ALL].set_index("factor")
    assert axis.get_title("left") == "JSB Chorales: 360 trials, 40 draws"
    names = [text.get_text() for text in axis.get_yticklabels()]
    assert names[0] == "learning rate" and names[-1] == "all interactions"
    assert len(names) == 6
    ours, theirs = (
        [bar.get_width() for bar in container] for container in axis.containers
    )
    assert ours[0] == pytest.approx(100 * rows.loc["learning_rate", "share"])
    np.testing.assert_allclose(theirs, [91, np.nan, 1, 2, np.nan, 5])
    labels = [text.get_text() for text in axis.texts]
    assert labels[0] == rows.loc["learning_rate", "shown"].split(" (")[0]
    assert "below 1 %" in labels


def test_rate_curves(drawn, forests):
    whole, by_size = drawn(draw_rate_curves, forests).axes
    forest = forests[SET, ALL]
    curves = rate_curves(forest)
    points, mean = whole.get_lines()
    assert points.get_ydata().tolist() == forest.trials["test"].tolist()
    wanted = curves[curves["size"] == ALL]
    np.testing.assert_array_equal(mean.get_ydata(), wanted["mean"])
    assert whole.get_xscale() == by_size.get_xscale() == "log"
    sizes = {line.get_label(): line.get_ydata() for line in by_size.get_lines()}
    assert len(sizes) == 3
    for name, values in sizes.items():
        np.testing.assert_array_equal(values, curves[curves["size"] == name]["mean"])


def test_surfaces(drawn, forests):
    axis, bar = drawn(draw_surfaces, forests).axes
    table = surface(forests[SET, ALL])
    (mesh,) = axis.collections
    np.testing.assert_array_equal(mesh.get_array(), table.to_numpy().T)
    draws, best = axis.get_lines()
    assert len(draws.get_xdata()) == 40
    np.testing.assert_array_equal(best.get_ydata(), table.columns)
    assert axis.get_xlim() == pytest.approx((1e-6, 1e-2))
    assert axis.get_ylim() == pytest.approx((20, 200))
    assert bar.get_ylabel() == "test NLL, nats per step"


def test_nothing_to_draw(tmp_path):
    path = tmp_path / "figure.png"
    trials = make_trials(2)
    assert not draw_shares(importance_table(trials, {}), path)
    assert not draw_rate_curves({}, path)
    assert not draw_surfaces({}, path)
    assert not path.exists()


def test_pictures_are_written(tmp_path, trials, forests):
    draw_boxes(trials, tmp_path / "boxes.png", SCORES)
    assert draw_surfaces(forests, tmp_path / "surface.png")
    for file in tmp_path.iterdir():
        assert file.read_bytes().startswith(b"\x89PNG")
    assert len(list(tmp_path.iterdir())) == 2
