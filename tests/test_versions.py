"""The versions that are tried are those that are promised."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = {path.stem: path for path in (ROOT / ".ci" / "versions").glob("*.txt")}
SCRIPT = ROOT / ".ci" / "with-versions"

pytestmark = pytest.mark.once


def versions(column):
    """The versions that a column names, without the build behind a plus."""
    lines = COLUMNS[column].read_text().splitlines()
    pairs = (line.partition("==") for line in lines if not line.startswith("#"))
    return {name: version.partition("+")[0] for name, _, version in pairs}


def test_the_floor_is_the_lowest_that_is_promised():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    promised = dict(
        re.match(r"([\w-]+)>=([\d.]+)", line).groups()
        for line in [
            *project["dependencies"],
            *(extras[backend][0] for backend in ("jax", "tensorflow", "torch")),
        ]
    )
    floor = {name.removesuffix("-cpu"): v for name, v in versions("floor").items()}
    assert {name: trimmed(v) for name, v in floor.items()} == {
        name: trimmed(v) for name, v in promised.items()
    }
    assert f"# python {project['requires-python'][2:]}\n" in (
        COLUMNS["floor"].read_text()
    )


def trimmed(version):
    return re.sub(r"(\.0)+$", "", version)


def test_the_page_shows_the_versions_of_the_columns():
    page = (ROOT / "docs" / "versions.md").read_text()
    for column in ("floor", "present"):
        for name, version in versions(column).items():
            assert f" {version} " in page, (column, name)


def test_a_column_that_cannot_be_had_is_no_success(tmp_path, monkeypatch, capsys):
    script = runpy.run_path(str(SCRIPT))
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns" / "lost.txt").write_text("# python 2.99\nnumpy\n")
    summary = tmp_path / "summary"
    names = script["main"].__globals__
    monkeypatch.setitem(names, "COLUMNS", tmp_path / "columns")
    monkeypatch.setitem(names, "VENVS", tmp_path / "venvs")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert script["main"](["lost", sys.executable, "-c", "pass"]) == 69
    assert "'lost' were NOT tried" in capsys.readouterr().err
    assert "python2.99 -m venv" in summary.read_text()


def test_the_columns_are_named_where_none_is_given():
    done = subprocess.run([SCRIPT], capture_output=True, text=True)
    assert done.returncode == 2
    assert all(name in done.stdout for name in COLUMNS)
