"""What pip makes of a machine with a compiler, and of one without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs
from tests.recurrence.native.expected import HAS_COMPILER

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.once

PROGRAM = """
import keras, keras_gated
from keras_gated.layers import GRU
from tests import needs
layer = GRU(4)
assert tuple(layer(keras.ops.ones((2, 5, 3))).shape) == (2, 4)
print(keras_gated.__file__, layer.recurrence.name, layer.recurrence.reason, sep="|")
"""


def installed(folder, **environment):
    """Builds a wheel and installs it into a folder; its name and what a layer says.

    Without the isolation of the build, which would fetch what is here already.
    """
    needs.package("hatchling")
    environment = {**os.environ, **environment}
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run([*pip, *wheel], check=True, env=environment)
    (built,) = folder.glob("*.whl")
    place = folder / "site"
    install = ["install", "--no-deps", "--target", place, built]
    subprocess.run([*pip, *install], check=True, env=environment)
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
    return built.name, name, reason


@needs.mark(HAS_COMPILER, "there is no compiler")
@pytest.mark.exhaustive
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_compiler_makes_a_wheel_with_loops(backend, tmp_path):
    needs.package(backend)
    wheel, name, reason = installed(tmp_path, KERAS_BACKEND=backend)
    assert "-py3-none-" in wheel
    assert not wheel.endswith("-any.whl")
    assert name == "native", reason


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
    wheel, name, told = installed(tmp_path, **environment)
    assert wheel.endswith("-py3-none-any.whl")
    assert name == "hand-written"
    assert reason in told
