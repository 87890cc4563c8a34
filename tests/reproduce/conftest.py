import os

import pytest


@pytest.fixture(scope="session")
def environment(data_dir):
    """The environment of a command that finds the real data."""
    changed = {"KERAS_GATED_DATA": str(data_dir.resolve()), "COLUMNS": "100"}
    return {**os.environ, **changed}


@pytest.fixture
def run_here(environment, tmp_path, monkeypatch, capsys):
    """Runs a command line without a process: its status, and what it printed.

    The environment, which commands change, is that of before afterwards.
    """
    monkeypatch.setattr(os, "environ", dict(environment))
    monkeypatch.chdir(tmp_path)

    def run(main, *arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as error:
            status = error.code
        return status, capsys.readouterr()

    return run
