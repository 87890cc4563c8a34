"""What a sweep shows, in terminals of every width and without one."""

import io
import itertools
from dataclasses import replace

import pytest
from rich.console import Console

from reproduce.sweep.display import Display
from reproduce.sweep.labels import labels
from reproduce.sweep.rows import State
from tests.reproduce.examples import TRIAL, record_of

FEW = [replace(TRIAL, unit=unit) for unit in ("lstm", "gru", "tanh")]
MANY = [
    replace(TRIAL, dataset=dataset, protocol=protocol, arm=arm, seed=seed, unit=unit)
    for dataset, protocol, arm, seed, unit in itertools.product(
        ("jsb_chorales", "piano_midi_de"),
        ("paper", "ours"),
        ("table1", "no_peepholes"),
        (0, 1),
        ("lstm", "tanh"),
    )
]


def running(epoch=3):
    return State("running", epoch, score=10.25, best=9.875, error="", runs=1)


def screen(trials, width, terminal=True):
    """The lines that are there while two trials run, one has ended and one failed."""
    file = io.StringIO()
    settings = {"width": width, "force_terminal": terminal, "color_system": None}
    ended, broken, *others = trials
    failed = replace(running(), status="failed", error="no room in [jax] " + "x " * 30)
    states = {trial.name: running() for trial in others[:2]} | {broken.name: failed}
    picture = Console(file=io.StringIO(), **settings)
    with Display(Console(file=file, **settings)) as display:
        display.start(trials, ())
        display.say(["warning: mind the [bold]gap[/bold]"])
        display.show(states, [record_of(ended)])
        picture.print(display._bars.get_renderable())
    return file.getvalue(), picture.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("trials", [FEW, MANY], ids=["few", "many"])
def test_bars_fit_the_terminal(trials, width):
    _, bars = screen(trials, width)
    lines = [line.rstrip() for line in bars.splitlines() if line.strip()]
    assert max(map(len, lines)) <= width
    assert "…" not in bars and "..." not in bars
    rows = [line for line in lines if " left" in line]
    assert len(rows) == 1 + len(trials[2:4])
    for row in rows:
        assert "0:00:0" in row and row.endswith("-:--:-- left")
    assert rows[0].startswith(f"1 of {len(trials)} done")
    assert all("━" in row and "best 9.875" in row for row in rows[1:])
    if width == 120:
        assert all("valid 10.250" in row for row in rows[1:])
    if trials is FEW and width > 60:
        assert len(lines) == len(rows)


def test_without_a_terminal_each_line_is_whole(capsys):
    printed, _ = screen(MANY, width=40, terminal=False)
    messages = printed.splitlines()
    assert capsys.readouterr().err == "warning: mind the [bold]gap[/bold]\n"
    names = labels(MANY)
    assert messages[0].startswith(f"{names[MANY[0].name]} epoch   3/3")
    assert messages[0].endswith("test 8.00 3 s")
    assert messages[1].startswith(f"{names[MANY[1].name]} failed: no room in [jax] x x")
    assert len(messages) == 2


def test_a_label_has_what_differs():
    few = ["lstm 1.0e-02", "gru  1.0e-02", "tanh 1.0e-02"]
    assert list(labels(FEW).values()) == few
    many = list(labels(MANY).values())
    assert len(set(many)) == len(MANY)
    assert many[0] == "jsb_chorales  paper table1       lstm 1.0e-02 seed 0"
    assert labels([]) == {}
