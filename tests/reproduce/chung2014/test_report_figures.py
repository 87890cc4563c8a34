"""The curves of a report are those of the records: their points, names and scales."""

import numpy as np
import pytest

from reproduce.record import frame_of
from reproduce.studies.chung2014.report import drawing, figures
from reproduce.studies.chung2014.report.figures import several_rates
from reproduce.study import Results
from tests.reproduce.chung2014.report_examples import NAN, make_record

COLOURS = {"LSTM": "#0072B2", "GRU": "#D55E00", "tanh": "#009E73"}
SPEECH = {"dataset": "speech_a", "data": "Free Spoken Digit Dataset"}


def learning_curves(records):
    return drawing.learning_curves(Results(records))


def learning_rates(records):
    return drawing.learning_rates(several_rates(frame_of(records)))


def record(unit, valid, train, seconds=2.0, **changes):
    history = {
        "valid_nll": valid,
        "train_nll_with_noise": train,
        "seconds": [seconds] * len(valid),
    }
    return make_record(unit, history=history, **changes)


def labels(figure):
    (legend,) = figure.legends
    return {
        text.get_text(): line
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }


def test_learning_curves():
    records = [
        record("tanh", [9.0, 8.5, 8.25], [8.0, 7.5, 7.0]),
        record("gru", [8.5, 8.0, NAN], [7.5, 7.0, NAN], seconds=3.0),
        record("lstm", [-1.0, -2.0], [-1.5, -2.5], **SPEECH),
    ]
    figure = learning_curves(records)
    by_epoch, by_time, speech, _ = figure.axes
    assert by_epoch.get_title("left") == "JSB Chorales"
    assert speech.get_title("left") == "Speech A (stand-in)"
    assert (by_epoch.get_xlabel(), by_time.get_xlabel()) == (
        "epochs",
        "wall-clock seconds",
    )
    assert by_epoch.get_ylabel() == "NLL, nats per step"
    # GRU before tanh, of each the training curve before that of validation.
    expected = (
        ("GRU", 3.0, [7.5, 7.0, np.nan], [8.5, 8.0, np.nan]),
        ("tanh", 2.0, [8.0, 7.5, 7.0], [9.0, 8.5, 8.25]),
    )
    for axis, x_of in (
        (by_epoch, lambda _: [1, 2, 3]),
        (by_time, lambda seconds: [seconds, 2 * seconds, 3 * seconds]),
    ):
        lines = iter(
            sorted(
                axis.get_lines(), key=lambda line: line.get_color() == COLOURS["tanh"]
            )
        )
        for name, seconds, *curves in expected:
            for curve, dotted in zip(curves, (True, False), strict=True):
                line = next(lines)
                np.testing.assert_array_equal(line.get_xdata(), x_of(seconds))
                np.testing.assert_array_equal(line.get_ydata(), curve)
                assert line.get_color() == COLOURS[name]
                assert (line.get_linestyle() == ":") == dotted
    assert by_epoch.get_yscale() == "log"
    assert speech.get_yscale() == "linear"
    shown = labels(figure)
    assert list(shown) == ["LSTM", "GRU", "tanh", "train, noise on"]
    assert {name: shown[name].get_color() for name in COLOURS} == COLOURS
    assert len({shown[name].get_linestyle() for name in shown}) == 4
    assert len({shown[name].get_marker() for name in COLOURS}) == 3


def test_the_steep_beginning_is_left_out():
    valid = [90.0, 50.0, *np.linspace(10.0, 8.0, 30)]
    figure = learning_curves([record("gru", valid, valid)])
    bottom, top = figure.axes[0].get_ylim()
    assert bottom < 8.0
    assert top == pytest.approx(10.0 + 0.05 * 2.0)


def test_few_epochs_are_shown_whole():
    figure = learning_curves([record("gru", [90.0, 10.0, 8.0], [9.0, 8.0, 7.0])])
    assert figure.axes[0].get_ylim()[1] == pytest.approx(90.0 + 0.05 * 82.0)


@pytest.mark.parametrize(("epochs", "every"), [(5, 1), (8, 1), (9, 2), (80, 10)])
def test_a_curve_has_eight_markers_at_most(epochs, every):
    curve = list(np.linspace(10.0, 8.0, epochs))
    figure = learning_curves([record("gru", curve, curve)])
    for line in figure.axes[0].get_lines():
        assert line.get_markevery() == (every // 2, every)


def rates(unit, seed, scores, **changes):
    """A trial for each candidate, the rates not in their order."""
    order = sorted(scores, key=lambda rate: str(rate)[::-1])
    return [
        make_record(
            unit, seed, candidate=i, learning_rate=rate, valid=scores[rate], **changes
        )
        for i, rate in enumerate(order)
    ]


def test_learning_rates():
    records = [
        *rates("gru", 0, {1e-3: 8.5, 1e-2: 8.0, 3e-3: 8.25}),
        *rates("gru", 1, {1e-3: 8.75, 1e-2: 8.125}),
        *rates("tanh", 0, {1e-3: 9.5, 1e-2: NAN}),
        *rates("lstm", 0, {2e-3: -1.0, 1e-2: 0.5}, protocol="paper", **SPEECH),
        # One rate only, or another model: nothing to see.
        *rates("gru", 0, {1e-3: 3.0}, dataset="nottingham"),
        *rates("gru", 0, {1e-3: 8.0, 1e-2: 7.0}, arm="total"),
    ]
    figure = learning_rates(records)
    chorales, speech = figure.axes
    assert chorales.get_title() == "JSB Chorales\nour protocol"
    assert speech.get_title() == "Speech A (stand-in)\nthe paper's protocol"
    found = [
        (line.get_color(), list(line.get_xdata()), list(map(str, line.get_ydata())))
        for line in chorales.get_lines()
    ]
    assert found == [
        (COLOURS["GRU"], [1e-3, 3e-3, 1e-2], ["8.5", "8.25", "8.0"]),
        (COLOURS["GRU"], [1e-3, 1e-2], ["8.75", "8.125"]),
        (COLOURS["tanh"], [1e-3, 1e-2], ["9.5", "nan"]),
    ]
    assert [axis.get_yscale() for axis in figure.axes] == ["log", "linear"]
    for axis in figure.axes:
        assert (axis.get_xscale(), axis.get_xlabel()) == ("log", "learning rate")
        assert axis.xaxis.get_major_formatter()(3e-3) == "3e-3"
    assert chorales.get_ylabel() == "best validation NLL"
    assert chorales.get_ylim()[1] == pytest.approx(9.5 + 0.05 * 1.5)
    assert list(labels(figure)) == ["LSTM", "GRU", "tanh"]


def test_four_panels_stand_in_two_rows_of_three():
    records = [
        record
        for dataset in ("nottingham", "jsb_chorales", "musedata", "piano_midi_de")
        for record in rates("gru", 0, {1e-3: 8.5, 1e-2: 8.0}, dataset=dataset)
    ]
    figure = learning_rates(records)
    assert [axis.get_title().split("\n")[0] for axis in figure.axes] == [
        "Nottingham",
        "JSB Chorales",
        "MuseData",
        "Piano-midi.de",
    ]
    columns = {axis.get_subplotspec().colspan.start for axis in figure.axes}
    assert columns == {0, 1, 2}
    assert [bool(axis.get_ylabel()) for axis in figure.axes] == [
        True,
        False,
        False,
        True,
    ]


def test_one_rate_is_no_figure(tmp_path):
    assert not figures.rates(Results(rates("gru", 0, {1e-3: 8.0})), tmp_path)
    assert not list(tmp_path.iterdir())


def test_curves_are_of_what_validation_chose(monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(figures, "save", lambda *_: None)
    monkeypatch.setattr(figures, "learning_curves", shown.append)
    chosen = make_record(candidate=2, seed=1, valid=7.0)
    records = [
        make_record(seed=2, valid=6.0),
        make_record(seed=1, valid=8.0),
        make_record(seed=1, valid=6.0, protocol="paper"),
        make_record("lstm", **SPEECH),
        chosen,
    ]
    (picture,) = figures.figure2(Results(records), tmp_path)
    assert shown[0].records == [chosen]
    assert "GRU on JSB Chorales" in picture.alt
    assert "the paper's figure 2; seed 1." in picture.caption
