"""`make` runs every suite, says which failed, and fails if one did."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).resolve().parents[1]
SUITES = ("jax", "tensorflow", "torch")
PYTHON = """#!/bin/sh
echo "runs $KERAS_BACKEND ${KERAS_GATED_EXHAUSTIVE:-0} $KERAS_GATED_SAMPLE"
[ "$KERAS_BACKEND" != "$FAILING" ]
"""
"""In place of the environment's Python, for which the suites are too slow."""


@pytest.fixture
def make(tmp_path):
    """Runs make in a folder whose suites pass and fail as they are told."""
    if shutil.which("make") is None:
        needs.missing("there is no make")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "hatch_build.py").touch()
    native = tmp_path / "keras_gated" / "recurrence" / "native"
    native.mkdir(parents=True)
    for source in ("build_table.py", "layout.py"):
        (native / source).touch()
    for installed in (".dev", ".reproduce", ".native"):
        (tmp_path / ".venv" / installed).touch()

    def run(*arguments, failing=""):
        hidden = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
        environment = {k: v for k, v in os.environ.items() if k not in hidden}
        return subprocess.run(
            ["make", *arguments],
            cwd=tmp_path,
            env={**environment, "FAILING": failing},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.once
@pytest.mark.parametrize(
    ("target", "suite", "runs"),
    [("test", "test", "0 "), ("sample", "exhaustive", "1 2026-11-28")],
)
def test_one_suite_that_fails_hides_no_other(make, monkeypatch, target, suite, runs):
    monkeypatch.setenv("KERAS_GATED_SAMPLE", "2026-11-28" if "1" in runs else "")
    for option in (), ("--output-sync=line",):
        passed = make(*option, target)
        assert passed.returncode == 0, passed.stderr
        failed = make(*option, target, failing="jax")
        assert failed.returncode != 0
        for result in (passed, failed):
            for backend in SUITES:
                assert f"runs {backend} {runs}" in result.stdout
        words = [f"{suite}-{backend} passed" for backend in SUITES]
        assert passed.stdout.splitlines()[-3:] == words
        assert failed.stdout.splitlines()[-3:] == [f"{suite}-jax FAILED", *words[1:]]


@pytest.mark.once
def test_the_workflow_reads_the_list_of_suites(make):
    assert make("--silent", "suites").stdout.split() == list(SUITES)


def today():
    return datetime.now(UTC).date().isoformat()


@pytest.mark.once
def test_a_day_has_a_share_of_its_own(make, monkeypatch):
    monkeypatch.delenv("KERAS_GATED_SAMPLE", raising=False)
    before, shown, after = today(), make("sample").stdout, today()
    assert any(f"runs jax 1 {day}" in shown for day in (before, after))


@pytest.mark.once
def test_installing_shows_its_progress(make):
    shown = make("--dry-run", "--always-make", ".venv/.dev", ".venv/.reproduce").stdout
    installs = [line for line in shown.splitlines() if " install " in line]
    assert len(installs) == 3
    assert not any("quiet" in line or " -q" in line for line in installs)
