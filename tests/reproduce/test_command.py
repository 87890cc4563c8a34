"""What the commands have in common: their help, their errors, their warnings."""

import os
import runpy
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from reproduce.command import as_typed, run_command, shown_default
from reproduce.command_line import main
from tests.reproduce.command import ROOT

COMMANDS = [
    *((), ("chung2014",), ("generate",), ("chung2014", "generate")),
    *(("publish",), ("examples",), ("tunes",), ("tunes", "generate")),
    *(("tunes", "publish"), ("tunes", "examples")),
]
BENCHMARKS = [
    *("benchmarks/layers.py", "benchmarks/trade_offs.py"),
    *("benchmarks/native_loops.py", "benchmarks/half_precision.py"),
    "benchmarks/cells.py",
]


def check_help(shown):
    assert "usage: " in shown.lower()
    for word in ("None", "False", "[]", "['", "()", "('"):
        assert word not in shown, shown


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_says_what_happens_without_an_option(command, run_here):
    status, printed = run_here(main, *command, "--help")
    assert (status, printed.err) == (0, "")
    check_help(printed.out)


@pytest.mark.parametrize("command", BENCHMARKS)
def test_so_does_that_of_the_benchmarks(command, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [command, "--help"])
    monkeypatch.setenv("COLUMNS", "100")
    before = dict(os.environ)
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(ROOT / command), run_name="__main__")
    check_help(capsys.readouterr().out)
    assert os.environ == before


def test_help_has_the_defaults_that_are_values():
    shown = {shown_default(value) for value in (None, False, ())}
    assert shown == {None}
    values = ((0, 1), "5%", 0, 0.5, Path("results"))
    assert [*map(shown_default, values)] == ["0 1", "5%", "0", "0.5", "results"]


@dataclass(frozen=True)
class Options:
    data_dir: str | None = None
    steps: int = 3
    backend: str = "jax"


@pytest.mark.filterwarnings("always")
def test_an_error_names_options_as_they_are_typed(monkeypatch, capsys):
    def work(options):
        warnings.warn("all\nwell", stacklevel=1)
        raise ValueError(
            "data_dir /music/data_dir is no folder: no `data_dir`, data_dir."
        )

    monkeypatch.setattr("os.environ", {})
    assert run_command(work, Options(data_dir="/music/data_dir")) == 1
    warning, error = capsys.readouterr().err.splitlines()
    assert warning == "warning: all well"
    assert error == (
        "error: --data-dir /music/data_dir is no folder: no `--data-dir`, --data-dir."
    )


def test_other_words_stay_as_they_are():
    message = "steps of data_dirs in my.data_dir"
    assert as_typed(message, Options()) == message
