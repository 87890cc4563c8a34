"""The sdist, the wheel that is built of it, and what has to agree for a release."""

import email
import os
import runpy
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import keras_gated

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[1]
VERSION = keras_gated.__version__
LARGEST = 4_000_000
faults = runpy.run_path(str(ROOT / ".ci" / "check_release"))["faults"]


def build(source, kind, folder):
    # Without the loops in C++: other tests build and try those.
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=source,
        env={**os.environ, "KERAS_GATED_NATIVE": "0"},
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


@pytest.fixture(scope="module")
def wheel(unpacked, tmp_path_factory):
    """The wheel that the sdist gives, as on a machine that has nothing else."""
    return build(unpacked, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_sdist_has_what_a_wheel_is_built_of_and_no_more(sdist, unpacked):
    assert sdist.name == f"keras_gated-{VERSION}.tar.gz"
    assert sdist.stat().st_size < LARGEST
    assert sorted(path.name for path in unpacked.iterdir()) == [
        ".gitignore",
        "CHANGELOG.md",
        "CITATION.cff",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "hatch_build.py",
        "keras_gated",
        "pyproject.toml",
        "tests",
    ]
    assert [path.name for path in (unpacked / "tests").iterdir()] == ["smoke.py"]
    assert not [path for path in unpacked.rglob("*") if path.suffix in (".so", ".pyc")]


def test_the_wheel_of_the_sdist_has_every_file_of_the_package(wheel):
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "keras_gated",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not in a checkout")
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if n.startswith("keras_gated/")}
    there = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    assert names - {"keras_gated/recurrence/native/not_built.txt"} == there


def test_the_wheel_is_described_for_the_package_index(wheel):
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(f"keras_gated-{VERSION}.dist-info/METADATA")
    metadata = email.message_from_bytes(content)
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "Paper, https://arxiv.org/abs/1412.3555" in metadata.get_all("Project-URL")
    assert metadata["Description-Content-Type"] == "text/markdown"
    description = metadata.get_payload()
    assert description.startswith("# keras_gated\n")
    assert 'Python 3.11 or newer:\n\n```bash\npip install "keras_gated[' in description


def test_an_installed_wheel_works(wheel, unpacked, tmp_path, backend):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    result = subprocess.run(
        [sys.executable, "-W", "ignore", unpacked / "tests" / "smoke.py"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert f"{VERSION} in {tmp_path}" in result.stdout


def test_the_tree_is_at_one_version():
    assert f"version: {VERSION}\n" in (ROOT / "CITATION.cff").read_text()
    found = faults(ROOT, f"v{VERSION}", None)
    # The changelog gets a section for it when it is released.
    assert all("CHANGELOG" in fault for fault in found)


@pytest.fixture
def released(tmp_path):
    """A tree that is to be released as 1.2.3."""
    (tmp_path / "keras_gated").mkdir()
    files = {
        "keras_gated/__init__.py": '"""Layers."""\n\n__version__ = "1.2.3"\n',
        "CITATION.cff": "title: x\nversion: 1.2.3\n",
        "CHANGELOG.md": (
            "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2027-01-31\n\n- x\n\n"
            "## [1.2.2] - 2026-12-01\n"
        ),
        "pyproject.toml": '[project.urls]\nSource = "https://github.com/a/b"\n',
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def test_what_agrees_can_be_released(released):
    assert faults(released, "v1.2.3", None) == []
    assert faults(released, "v1.2.3", "a/b") == []


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("keras_gated/__init__.py", "1.2.3", "1.2.4", "__init__.py is 1.2.4, not"),
        ("CITATION.cff", "1.2.3", "1.2.2", "CITATION.cff is 1.2.2"),
        ("CHANGELOG.md", "[1.2.3] - 2027-01-31", "[1.2.3]", "CHANGELOG.md is 1.2.2"),
        ("CHANGELOG.md", "[Unreleased]\n", "[Unreleased]\n\n- y\n", "an empty"),
        ("CHANGELOG.md", "## [Unreleased]\n", "", "an empty"),
        ("pyproject.toml", "a/b", "c/d", 'Source = "https://github.com/a/b"'),
    ],
)
def test_what_does_not_agree_is_named(released, file, before, after, fault):
    path = released / file
    path.write_text(path.read_text().replace(before, after, 1))
    (found,) = faults(released, "v1.2.3", "a/b")
    assert fault in found


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2", "v1.2.3rc1", "v1.2.4"])
def test_another_tag_is_refused(released, tag):
    assert faults(released, tag, "a/b")
