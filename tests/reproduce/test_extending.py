"""The study that the documentation has its reader write works as it is printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r'^```python title="(.+?)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the studies, and the files of the page beside them."""
    shutil.copytree(
        ROOT / "reproduce",
        tmp_path / "reproduce",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    files = FILE.findall((ROOT / "docs" / "extending.md").read_text("utf-8"))
    assert len(files) == 3
    for name, text in files:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (path.parent / "__init__.py").touch()
    return tmp_path


@pytest.mark.once
def test_the_study_of_the_page_runs(checkout, backend, tmp_path):
    def run(*arguments):
        # The copy stands before the checkout on the path; the library is the same.
        return subprocess.run(
            [sys.executable, "reproduce/run.py", *arguments],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": f"{checkout}{os.pathsep}{ROOT}"},
            capture_output=True,
            text=True,
            timeout=600,
        )

    assert "echo" in run("--list").stdout
    assert "gated units remember longer" in run("echo", "--help").stdout
    arguments = ("echo", "--backend", backend, "--dataset", "echo_2", "--trials", "2")
    result = run(*arguments, "--epochs", "2")
    assert result.returncode == 0, result.stderr
    out = checkout / "results" / f"echo-{backend}"
    assert sorted(pd.read_csv(out / "best.csv")["unit"]) == ["gru", "tanh"]
    assert "that the GRU is ahead" in (out / "claims.csv").read_text()
    assert "# Who remembers longer?" in (out / "report.md").read_text()

    other = run("--backend", backend, "--out", str(out))
    assert other.returncode == 1
    assert "is that of another study: it holds echo-" in other.stderr
