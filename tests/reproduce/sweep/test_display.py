"""What a sweep shows, in terminals of every width and without one."""

import io
import itertools
import math
from dataclasses import replace

import pytest
from rich.console import Console

from reproduce.ledger import State
from reproduce.sweep.display import Display, outcome
from reproduce.sweep.labels import labels
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
    settings["get_time"] = lambda: 0.0
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
        assert "0:00:00" in row and row.endswith("-:--:-- left")
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
    assert many[0] == "paper table1       jsb_chorales  lstm 1.0e-02 seed 0"
    assert labels([]) == {}


def show(console, *states, finished=(), records=()):
    """The progress of the bars, and what was printed, after several reports."""
    with Display(console) as display:
        display.start(FEW, finished)
        display.show({}, records)
        for of_trials in states:
            display.show(of_trials, ())
        tasks = [
            (task.description, task.completed, task.total, task.fields["note"])
            for task in display._bars.tasks
        ]
    return display, tasks


def test_a_sweep_is_as_far_as_its_trials_are():
    lstm, gru, tanh = FEW
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    half = replace(running(epoch=3), score=None, best=None)
    late = running(epoch=60)
    display, (sweep, *others) = show(
        console,
        {gru.name: half, tanh.name: running(epoch=1)},
        {gru.name: half, tanh.name: late},
        records=[record_of(lstm)],
    )
    # One is finished, one is half through, one is over the epochs that it may take.
    assert sweep == ("1 of 3 done", 1 + 3 / 6 + 1, 3, "")
    assert others == [
        ("gru  1.0e-02", 3, 6, ""),
        ("tanh 1.0e-02", 60, 6, "valid 10.250, best 9.875"),
    ]
    assert display.failures == 0


def test_failed_trials_count_once_and_as_done():
    lstm, gru, tanh = FEW
    file = io.StringIO()
    failed = replace(running(), status="failed", error="no room")
    died = replace(failed, error="")
    states = {lstm.name: failed, gru.name: died, tanh.name: running(epoch=3)}
    display, tasks = show(Console(file=file, width=200), states, states)
    assert display.failures == 1
    assert [task[:3] for task in tasks] == [
        ("0 of 3 done, 1 failed", 1 + 3 / 6, 3),
        ("tanh 1.0e-02", 3, 6),
    ]
    assert file.getvalue() == "lstm 1.0e-02 failed: no room\n"


def test_trials_of_an_earlier_run_are_told():
    file = io.StringIO()
    console = Console(file=file, width=200)
    _, tasks = show(console, finished=["some", "other"], records=[record_of(FEW[0])])
    assert tasks == [("3 of 3 done", 3, 3, "")]
    first, second = file.getvalue().splitlines()
    assert first == "2 of 3 trials were finished by an earlier run."
    assert second == ("lstm 1.0e-02 epoch   3/3   train 8.00 valid 8.00 test 8.00 3 s")
    show(console)
    assert len(file.getvalue().splitlines()) == 2


def test_an_outcome_has_the_pooled_scores_of_each_split():
    splits = {
        name: {"pooled": pooled, "per_sequence": 99.0}
        for name, pooled in (("train", 7.125), ("valid", 8.376), ("test", 10.0))
    }
    record = record_of(FEW[0], scores={"nll": splits}, best_epoch=2, seconds=61.6)
    scores = "train 7.12 valid 8.38 test 10.00"
    assert outcome(record) == f"epoch   2/3   {scores} 62 s"
    nothing = {"pooled": math.nan, "per_sequence": math.nan}
    splits = dict.fromkeys(splits, nothing)
    record = record_of(FEW[0], scores={"nll": splits}, best_epoch=0, seconds=0.4)
    assert outcome(record) == "epoch   0/3   diverged 0 s"


def test_labels_have_the_width_of_the_longest():
    trials = [
        replace(TRIAL, learning_rate=rate, seed=seed)
        for rate, seed in ((3e-3, 2), (1.3e-2, 11))
    ]
    assert list(labels(trials).values()) == [
        "gru 3.0e-03 seed 2",
        "gru 1.3e-02 seed 11",
    ]
