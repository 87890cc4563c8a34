"""What importing the package gives, and what it does not bring along."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import keras

import keras_gated
from tests.tiers import exhaustive_elsewhere

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "keras_gated").rglob("*.py"))


def test_parts_are_reached_by_their_names():
    assert keras_gated.layers.PeepholeLSTM(3).units == 3
    assert keras_gated.datasets.music.NAMES
    assert keras_gated.losses.BernoulliNLL and keras_gated.metrics.MeanNLL
    assert keras_gated.callbacks.WallClock and keras_gated.models.match_units


@exhaustive_elsewhere
def test_importing_brings_nothing_but_what_keras_brings():
    program = (
        "import sys, keras; before = set(sys.modules); import keras_gated; "
        "print(sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout
    brought = set(ast.literal_eval(output.splitlines()[-1]))
    extras = {"pandas", "matplotlib", "scipy", "music21", "rich", "sklearn", "torch"}
    assert "keras_gated" in brought
    assert not brought & (extras - {keras.backend.backend()})


def test_the_description_of_a_wheel_needs_no_checkout():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    hook = project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    (fragment,) = hook["fragments"]
    text, marker, rest = (
        (ROOT / fragment["path"]).read_text().partition(fragment["end-before"])
    )
    assert marker
    assert "make test" in rest
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert links
    assert all(link.startswith("https://") for link in links)
    assert not re.search(r"\bmake (test|reproduce|docs)\b|python \w+/|docs/", text)


def test_files_are_short():
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > 300} == {}


def test_no_property_of_ours_has_the_name_of_one_of_keras():
    hidden = set()
    for name in keras_gated.layers.__all__:
        given = getattr(keras_gated.layers, name)
        classes = given.__mro__ if isinstance(given, type) else ()
        ours = [c for c in classes if c.__module__.startswith("keras_gated.")]
        theirs = [c for c in classes if c.__module__.startswith("keras.")]
        for owner in ours:
            hidden |= {
                f"{owner.__name__}.{attribute}"
                for attribute, value in vars(owner).items()
                if isinstance(value, property)
                and any(attribute in vars(c) for c in theirs)
            }
    assert hidden == {"CarriesStates.variables"}  # adds to those of Keras
