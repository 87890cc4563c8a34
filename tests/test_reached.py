"""A run of tests that stops early, or does nothing, is no success."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[1]
CONFTEST = """
from tests.reached import Reached

def pytest_configure(config):
    config.pluginmanager.register(Reached())
"""
FAILS_IN_THE_MIDDLE = """
def test_first(): pass
def test_second(): assert False
def test_third(): pass
"""


@pytest.fixture
def run(tmp_path):
    """Runs pytest on a file of its own: the exit status, and what it printed."""
    (tmp_path / "conftest.py").write_text(CONFTEST)

    def run(content, *options):
        (tmp_path / "test_it.py").write_text(content)
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "--quiet", *options],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
        )
        return ended.returncode, ended.stdout

    return run


PROCESSES = pytest.mark.parametrize("processes", [(), ("--numprocesses", "1")])


@PROCESSES
def test_what_was_not_reached_is_named(run, processes):
    status, output = run(FAILS_IN_THE_MIDDLE, "--exitfirst", *processes)
    assert status != 0
    assert "1 tests not reached" in output
    assert output.count("test_it.py::test_third") == 1


@PROCESSES
def test_nothing_is_named_where_all_ran(run, processes):
    status, output = run(FAILS_IN_THE_MIDDLE, *processes)
    assert status == 1
    assert "not reached" not in output


@PROCESSES
def test_a_run_of_skipped_tests_fails(run, processes):
    skips = "import pytest\ndef test_it(): pytest.skip('no')\n"
    status, output = run(skips, *processes)
    assert status == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "all of them were skipped" in output


def test_a_whole_run_passes(run):
    skips = "import pytest\ndef test_it(): pytest.skip('no')\ndef test_other(): pass\n"
    assert run(skips)[0] == 0


@pytest.mark.parametrize(("complete", "status"), [("", 0), ("1", 1)])
def test_what_is_missing_fails_where_all_was_set_up(run, monkeypatch, complete, status):
    monkeypatch.setenv("KERAS_GATED_COMPLETE", complete)
    lacking = """
import pytest
from tests import needs

def test_runs(): pass
def test_lacks(): needs.package("no_such_package")

@needs.mark(False, "there is no compiler")
def test_tries(): assert False
"""
    found, output = run(lacking)
    assert found == status
    if complete:
        assert "2 failed, 1 passed" in output
        assert "no_such_package cannot be imported" in output
