"""The file of results, and the page that shows it."""

import json
from types import SimpleNamespace

import keras
import pytest

from keras_gated import layers
from keras_gated.layers.recurrent import RecurrentLayer
from keras_gated.testing import CHECKS
from tests.conformance import matrix
from tests.conformance.conftest import outcome_of
from tests.conformance.layers import LAYERS
from tests.conformance.results import FOLDER, Results

pytestmark = pytest.mark.once


def results_of(outcomes):
    """Results on JAX and PyTorch of one layer, by the names of checks."""
    return {
        name: {
            "backend": name,
            "versions": {"keras": "3", name: "1"},
            "cells": {
                "<A>": {
                    check: {"outcome": outcome, "reason": reason}
                    for check, (outcome, reason) in outcomes[name].items()
                }
            },
        }
        for name in outcomes
    }


GREEN = {"masks": ("passed", ""), "seeds": ("passed", "")}
RED = {"masks": ("failed", "keras#1"), "seeds": ("not applicable", "has none")}


def test_results_are_written_whole_or_not_at_all(tmp_path, backend):
    results = Results()
    results.record("a", "masks", "passed", "")
    assert not results.write(tmp_path, ["a"], ["masks", "seeds"])
    assert list(tmp_path.iterdir()) == []
    results.record("a", "seeds", "failed", "why")
    assert results.write(tmp_path, ["a"], ["masks", "seeds"])
    content = json.loads((tmp_path / f"{backend}.json").read_text())
    assert content["cells"]["a"]["seeds"] == {"outcome": "failed", "reason": "why"}
    assert matrix.read(tmp_path) == {backend: content}


def test_the_page_shows_every_cell_and_reason():
    text = matrix.page(
        results_of({"jax": GREEN, "torch": RED}),
        {"masks": "masks mask", "seeds": "seeds seed"},
    )
    assert text.count("<td>") == 2
    assert '<span class="failed" title="masks on PyTorch: failed, keras#1">✗' in text
    assert "<th>&lt;A&gt;</th>" in text
    assert "- `masks`: masks mask.\n" in text
    assert "- Keras#1: `masks` of `<A>` on PyTorch.\n" in text
    assert "- Has none: `seeds` of `<A>` on PyTorch.\n" in text


def test_nothing_fails():
    text = matrix.page(
        results_of({"jax": GREEN, "torch": GREEN}), dict.fromkeys(GREEN, "")
    )
    assert "## What fails\n\nNothing.\n" in text


@pytest.mark.skipif(FOLDER is not None, reason="the results are being made anew")
def test_the_page_of_the_documentation_is_that_of_the_results():
    descriptions = {name: check.description for name, check in CHECKS.items()}
    results = matrix.read()
    assert set(results) == set(matrix.BACKENDS)
    assert matrix.page(results, descriptions) == matrix.PAGE.read_text("utf-8")


def test_every_recurrent_layer_has_a_row():
    public = [getattr(layers, name) for name in layers.__all__]
    recurrent = {
        layer
        for layer in public
        if isinstance(layer, type)
        and issubclass(layer, (RecurrentLayer, keras.layers.Wrapper))
    }
    assert recurrent - {type(row.make()) for row in LAYERS.values()} == set()


def test_outcomes_of_reports():
    call = SimpleNamespace(excinfo=SimpleNamespace(value=ValueError("a\nb")))
    failed = SimpleNamespace(skipped=False, failed=True)
    assert outcome_of(failed, call) == ("failed", "b")
    passed = SimpleNamespace(skipped=False, failed=False)
    assert outcome_of(passed, None) == ("passed", "")
