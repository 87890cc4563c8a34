"""What stands in the pictures."""

from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from keras_gated import analysis

BATCH, TIME, UNITS = 4, 9, 6


@pytest.fixture(autouse=True)
def no_window():
    with matplotlib.rc_context({"backend": "agg"}):
        yield
        plt.close("all")


@pytest.fixture
def gates():
    rng = np.random.default_rng(0)
    return {
        layer: {name: rng.random((BATCH, TIME, UNITS)) for name in names}
        for layer, names in {
            "first": ("update_gate", "reset_gate", "candidate", "output"),
            "second": ("update_gate", "reset_gate", "candidate", "output"),
            "third": ("output",),
        }.items()
    }


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def texts_overlap(figure):
    """Whether any two of the titles, labels and legends of a figure share pixels."""
    figure.canvas.draw()
    parts = [axes.title for axes in figure.axes]
    parts += [axes.xaxis.label for axes in figure.axes]
    parts += [axes.yaxis.label for axes in figure.axes]
    parts += list(figure.legends)
    boxes = [part.get_window_extent() for part in parts]
    boxes = [box for box in boxes if box.width and box.height]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_saturation_has_a_panel_a_gate_and_a_point_a_unit(gates):
    shares = analysis.saturation(gates, low=0.3, high=0.6)
    figure = analysis.plot_saturation(shares)
    assert [axes.get_title() for axes in figure.axes] == ["update gate", "reset gate"]
    assert legend_of(figure) == ["first", "second"]
    for axes, name in zip(figure.axes, ("update_gate", "reset_gate"), strict=True):
        assert axes.get_xlabel() == "share of steps above 0.6"
        assert axes.get_ylabel() == "share of steps below 0.3"
        for points, layer in zip(axes.collections, shares, strict=True):
            expected = np.stack(
                [shares[layer][name].right, shares[layer][name].left], axis=-1
            )
            np.testing.assert_array_equal(points.get_offsets(), expected)
        (diagonal,) = axes.lines
        np.testing.assert_array_equal(np.sum(diagonal.get_xydata(), axis=1), [1, 1])
    first, second = figure.axes[0].collections
    assert np.any(first.get_facecolor() != second.get_facecolor())
    assert not texts_overlap(figure)


def test_saturation_of_one_layer_has_no_legend(gates):
    figure = analysis.plot_saturation(analysis.saturation(gates["first"]))
    assert not figure.legends
    with pytest.raises(ValueError, match="empty"):
        analysis.plot_saturation({})


def test_activations_are_densities(gates):
    mask = np.arange(TIME) < np.array([[9], [5], [2], [0]])
    figure = analysis.plot_activations(gates, bins=7, mask=mask)
    assert [axes.get_title() for axes in figure.axes] == [
        "update gate",
        "reset gate",
        "candidate",
        "output",
    ]
    assert [len(axes.patches) for axes in figure.axes] == [2, 2, 2, 3]
    density, edges, _ = figure.axes[0].patches[1].get_data()
    np.testing.assert_allclose(edges, np.linspace(0, 1, 8))
    values = gates["second"]["update_gate"][mask]
    counts = [
        np.sum((values >= low) & (values < high)) for low, high in pairwise(edges)
    ]
    np.testing.assert_allclose(density, 7 * np.array(counts) / values.size)
    assert legend_of(figure) == list(gates)
    assert not texts_overlap(figure)
    with pytest.raises(ValueError, match="bins=0"):
        analysis.plot_activations(gates, bins=0)
    with pytest.raises(ValueError, match=r"\(4, 9\)"):
        analysis.plot_activations(gates, mask=mask[:1])


def test_constant_activations_can_be_drawn():
    figure = analysis.plot_activations({"output": np.zeros((2, 3, 4))})
    assert len(figure.axes) == 1


def test_trajectories_are_coloured_by_time(gates):
    mask = np.arange(TIME) < np.array([[9], [5], [2], [9]])
    ways = analysis.trajectories(gates["first"]["output"], mask=mask)
    axes = analysis.plot_trajectories(ways)
    (dots,) = axes.collections
    times = np.broadcast_to(np.arange(TIME), (BATCH, TIME))
    np.testing.assert_array_equal(np.ma.getdata(dots.get_array()), times.ravel())
    offsets = np.ma.filled(dots.get_offsets(), np.nan)
    np.testing.assert_allclose(offsets, ways.points.reshape(-1, 2))
    assert axes.get_xlabel() == (
        f"principal component 1 ({ways.explained[0]:.0%} of variance)"
    )
    assert not texts_overlap(axes.figure)
    flat = analysis.trajectories(gates["first"]["output"], components=1)
    with pytest.raises(ValueError, match=r"two components.*1"):
        analysis.plot_trajectories(flat)


def test_the_course_of_a_gate_has_a_row_a_unit_and_a_column_a_step(gates):
    layer = {**gates["first"], "output": gates["first"]["output"] - 0.7}
    for name, limits in (
        ("update_gate", (0, 1)),
        ("output", np.abs(layer["output"][2]).max() * np.array([-1, 1])),
    ):
        axes = analysis.plot_course(layer, name, sequence=2)
        (picture,) = axes.images
        np.testing.assert_array_equal(picture.get_array(), layer[name][2].T)
        np.testing.assert_allclose(picture.get_clim(), limits)
        assert axes.get_title() == name.replace("_", " ")
        # The first unit is the lowest row.
        assert axes.get_ylim() == (-0.5, UNITS - 0.5)
        assert not texts_overlap(axes.figure)
    with pytest.raises(ValueError, match=r"no 'forget_gate'.*'update_gate'"):
        analysis.plot_course(layer, "forget_gate")
    with pytest.raises(ValueError, match=r"between 0 and 3.*sequence=4"):
        analysis.plot_course(layer, "output", sequence=BATCH)
    with pytest.raises(ValueError, match=r"\(4, 9\)"):
        analysis.plot_course({"output": np.ones((BATCH, TIME))}, "output")


def test_gradient_norms_are_medians_by_distance():
    norms = {"first": np.arange(1.0, 13).reshape(3, 4), "second": np.ones((3, 4))}
    axes = analysis.plot_gradient_norms(norms, step=[3, 3, 1])
    first, second = axes.lines
    np.testing.assert_array_equal(first.get_xdata(), [0, 1, 2, 3])
    np.testing.assert_array_equal(first.get_ydata(), [8, 7, 4, 3])
    np.testing.assert_array_equal(second.get_ydata(), np.ones(4))
    assert first.get_linestyle() != second.get_linestyle()
    assert axes.get_yscale() == "log"
    assert not texts_overlap(axes.figure)


@pytest.mark.parametrize("norms", [{}, {"first": np.ones(3)}, {"a": np.ones((2, 0))}])
def test_gradient_norms_must_be_there(norms):
    with pytest.raises(ValueError, match="Needed are arrays"):
        analysis.plot_gradient_norms(norms)


def test_pictures_go_where_they_are_told(gates):
    whole = plt.figure(layout="constrained")
    left, right = whole.subfigures(1, 2)
    shares = analysis.saturation(gates["first"])
    assert analysis.plot_saturation(shares, figure=left) is left
    assert len(left.axes) == 2
    axes = right.add_subplot()
    ways = analysis.trajectories(gates["first"]["output"])
    assert analysis.plot_trajectories(ways, ax=axes) is axes
    assert plt.get_fignums() == [whole.number]
    other = plt.figure()
    axes = other.add_subplot()
    assert analysis.plot_gradient_norms({"a": np.ones((2, 3))}, ax=axes) is axes
    axes = plt.figure().add_subplot()
    assert analysis.plot_course(gates["first"], "output", ax=axes) is axes
