"""`make test` runs every suite, says which failed, and fails if one did."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SUITES = ("test-jax", "test-tensorflow", "test-torch", "test-once")
PYTHON = """#!/bin/sh
echo "runs $KERAS_BACKEND $4"
[ "$KERAS_BACKEND" != "$FAILING" ]
"""
"""In place of the environment's Python, for which the suites are too slow."""


@pytest.fixture
def make(tmp_path):
    """Runs make in a folder whose suites pass and fail as they are told."""
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for installed in (".dev", ".reproduce"):
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
@pytest.mark.parametrize("options", [(), ("--output-sync=line",)])
def test_one_suite_that_fails_hides_no_other(make, options):
    passed = make(*options, "test")
    assert passed.returncode == 0, passed.stderr
    failed = make(*options, "test", failing="jax")
    assert failed.returncode != 0
    for result in (passed, failed):
        for backend in ("jax", "tensorflow", "torch"):
            assert f"runs {backend} not once" in result.stdout
        assert "runs torch once" in result.stdout
    words = [f"{suite} passed" for suite in SUITES]
    assert passed.stdout.splitlines()[-4:] == words
    assert failed.stdout.splitlines()[-4:] == ["test-jax FAILED", *words[1:]]


@pytest.mark.once
def test_installing_shows_its_progress(make):
    shown = make("--dry-run", "--always-make", ".venv/.dev", ".venv/.reproduce").stdout
    installs = [line for line in shown.splitlines() if " install " in line]
    assert len(installs) == 3
    assert not any("quiet" in line or " -q" in line for line in installs)
