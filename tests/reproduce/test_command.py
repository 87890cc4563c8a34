"""What the commands have in common: their help, their errors, their warnings."""

import argparse
import runpy
import sys
import warnings

import pytest

from reproduce.command import Help, as_typed, run_command
from tests.reproduce.command import ROOT

COMMANDS = [
    *("reproduce/run.py", "reproduce/generate.py", "reproduce/publish_models.py"),
    *("reproduce/make_examples.py", "benchmarks/layers.py", "benchmarks/trade_offs.py"),
    *("benchmarks/native_loops.py", "benchmarks/half_precision.py"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_happens_without_an_option(command, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [command, "--help"])
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(str(ROOT / command), run_name="__main__")
    shown = capsys.readouterr().out
    assert "usage: " in shown
    for word in ("None", "False", "[]", "['"):
        assert word not in shown, shown


def test_help_has_the_defaults_that_are_values():
    parser = argparse.ArgumentParser(formatter_class=Help)
    parser.add_argument("--seeds", nargs="+", default=[0, 1], help="which")
    parser.add_argument("--share", default="5%", help="how much")
    parser.add_argument("--seed", default=0, help="whole number")
    parser.add_argument("--out", help="else here")
    shown = parser.format_help()
    assert "which (default: 0 1)" in shown
    assert "how much (default: 5%)" in shown
    assert "whole number (default: 0)" in shown
    assert shown.endswith("else here\n")


@pytest.mark.filterwarnings("always")
def test_an_error_names_options_as_they_are_typed(monkeypatch, capsys):
    def work(options):
        warnings.warn("all\nwell", stacklevel=1)
        raise ValueError(
            "data_dir /music/data_dir is no folder: no `data_dir`, data_dir."
        )

    monkeypatch.setattr("os.environ", {})
    options = argparse.Namespace(backend="jax", data_dir="/music/data_dir")
    assert run_command(work, options) == 1
    warning, error = capsys.readouterr().err.splitlines()
    assert warning == "warning: all well"
    assert error == (
        "error: --data-dir /music/data_dir is no folder: no `--data-dir`, --data-dir."
    )


def test_other_words_stay_as_they_are():
    options = argparse.Namespace(data_dir=None, steps=3)
    message = "steps of data_dirs in my.data_dir"
    assert as_typed(message, options) == message
