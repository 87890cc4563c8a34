"""What pip makes of a machine with a compiler, and of one without."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hatch_build import LIBRARIES
from keras_gated.recurrence.native.build_table import SOURCES
from tests import needs
from tests.recurrence.native.expected import HAS_COMPILER

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.once

PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]

PROGRAM = """
import keras, keras_gated
from keras_gated.layers import GRU
from tests import needs
layer = GRU(4)
assert tuple(layer(keras.ops.ones((2, 5, 3))).shape) == (2, 4)
print(keras_gated.__file__, layer.recurrence.name, layer.recurrence.reason, sep="|")
"""


def build(folder, **environment):
    """Builds a wheel into a folder.

    Without the isolation of the build, which would fetch what is here already.
    """
    needs.package("hatchling")
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run([*PIP, *wheel], check=True, env={**os.environ, **environment})
    (built,) = folder.glob("*.whl")
    return built


def ask(wheel, folder, **environment):
    """What a layer says where the wheel is installed: its loop, and why."""
    place, environment = folder / "site", {**os.environ, **environment}
    install = ["install", "--no-deps", "--target", place, wheel]
    subprocess.run([*PIP, *install], check=True, env=environment)
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(place)},
    ).stdout
    file, name, reason = answer.splitlines()[-1].split("|")
    assert Path(file).is_relative_to(place)
    return name, reason


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """One with loops, for all tests."""
    return build(tmp_path_factory.mktemp("wheel"))


needs_compiler = needs.mark(HAS_COMPILER, "there is no compiler")


@needs_compiler
@pytest.mark.exhaustive
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_compiler_makes_a_wheel_with_loops(backend, wheel, tmp_path):
    needs.package(backend)
    assert "-py3-none-" in wheel.name
    assert not wheel.name.endswith("-any.whl")
    name, reason = ask(wheel, tmp_path, KERAS_BACKEND=backend)
    assert name == "native", reason


@needs_compiler
def test_wheel_has_the_sources_that_its_libraries_are_compared_with(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    native = "keras_gated/recurrence/native"
    assert {f"{native}/{library}" for library in LIBRARIES} <= set(names)
    sources = {name for name in names if name.startswith(f"{native}/src/")}
    assert sources == {f"{native}/src/{file.name}" for file in SOURCES.iterdir()}


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"CXX": "/nonexistent"}, "there was no C++ compiler"),
        *(
            pytest.param(*case, marks=pytest.mark.exhaustive)
            for case in (
                ({"CXX": "false"}, "the compiler failed: false"),
                ({"KERAS_GATED_NATIVE": "0"}, "KERAS_GATED_NATIVE=0"),
            )
        ),
    ],
)
def test_without_one_the_wheel_is_pure_and_says_so(environment, reason, tmp_path):
    wheel = build(tmp_path, **environment)
    assert wheel.name.endswith("-py3-none-any.whl")
    name, told = ask(wheel, tmp_path, **environment)
    assert name == "hand-written"
    assert reason in told
