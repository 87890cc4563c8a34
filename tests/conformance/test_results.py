"""The file of results, and the page that shows it."""

import json
from types import SimpleNamespace

import keras
import pytest

from keras_gated import layers
from keras_gated.layers.kernel_wrapper import KernelWrapper
from keras_gated.layers.recurrent_layer import RecurrentLayer
from tests.conformance import matrix
from tests.conformance.layers import LAYERS, TABLES, WRAPPERS
from tests.conformance.recorder import kind_of, outcome_of
from tests.conformance.results import FOLDER, Results

pytestmark = pytest.mark.once


def results_of(outcomes):
    """Results of one layer and one wrapper, by backends and the names of checks."""
    return {
        name: {
            "backend": name,
            "versions": {"keras": "3", name: "1"},
            "date": "2026-11-28",
            "minutes": 30,
            "tests": {"passed": 7, "xfailed": 1},
            **{
                table: {
                    layer: {
                        check: {"outcome": outcome, "reason": reason}
                        for check, (outcome, reason) in outcomes[name].items()
                    }
                }
                for table, layer in (("layers", "<A>"), ("wrappers", "B"))
            },
        }
        for name in outcomes
    }


GREEN = {"masks": ("passed", ""), "seeds": ("passed", "")}
RED = {"masks": ("failed", "keras#1"), "seeds": ("not applicable", "has none")}


def test_results_are_written_whole_or_not_at_all(tmp_path, backend):
    tables = {"layers": (["a"], ["masks", "seeds"]), "wrappers": (["b"], ["files"])}
    results = Results()
    results.record("layers", "a", "masks", "passed", "")
    results.record("wrappers", "b", "files", "passed", "")
    assert not results.write(tmp_path, tables, 100)
    assert list(tmp_path.iterdir()) == []
    results.record("layers", "a", "seeds", "failed", "why")
    for kind in ("passed", "passed", "failed"):
        results.count(kind)
    assert results.write(tmp_path, tables, 100)
    content = json.loads((tmp_path / f"{backend}.json").read_text())
    assert content["versions"]["keras"] == keras.__version__
    assert set(content["versions"]) == {"python", "keras", backend, "numpy"}
    assert content["layers"]["a"]["seeds"] == {"outcome": "failed", "reason": "why"}
    assert content["wrappers"]["b"]["files"] == {"outcome": "passed", "reason": ""}
    assert content["tests"] == {"failed": 1, "passed": 2}
    assert content["minutes"] == 2
    assert matrix.read(tmp_path) == {backend: content}


def test_the_page_shows_every_cell_and_reason():
    descriptions = {"masks": "masks mask", "seeds": "seeds seed"}
    text = matrix.page(
        results_of({"jax": GREEN, "torch": RED}),
        {"layers": descriptions, "wrappers": descriptions},
    )
    assert text.count("<td>") == 4
    assert "| JAX 1 | 2026-11-28 | 7 passed, 1 xfailed | 30 minutes |\n" in text
    assert '<span class="failed" title="masks on PyTorch: failed, keras#1">✗' in text
    assert "<th>&lt;A&gt;</th>" in text
    assert "- `masks`: masks mask.\n" in text
    assert "- Keras#1: `masks` of `<A>`, `B` on PyTorch.\n" in text
    assert "- Has none: `seeds` of `<A>`, `B` on PyTorch.\n" in text


def test_nothing_fails():
    descriptions = dict.fromkeys(matrix.SECTIONS, dict.fromkeys(GREEN, ""))
    text = matrix.page(results_of({"jax": GREEN, "torch": GREEN}), descriptions)
    assert "## What fails\n\nNothing.\n" in text


@pytest.mark.skipif(FOLDER is not None, reason="the results are being made anew")
def test_the_page_of_the_documentation_is_that_of_the_results():
    checks = {name: checks for name, (_, checks) in TABLES.items()}
    descriptions = matrix.descriptions_of(checks)
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
    rows = {type(row.make()) for row in LAYERS.values()}
    assert recurrent - {RecurrentLayer} - rows == set()


def test_every_wrapper_of_weights_has_a_row():
    public = [getattr(layers, name) for name in layers.__all__]
    wrappers = {
        layer
        for layer in public
        if isinstance(layer, type) and issubclass(layer, KernelWrapper)
    }
    rows = {type(row.make(keras.layers.Dense(1))) for row in WRAPPERS.values()}
    assert wrappers == rows


def test_outcomes_of_reports():
    call = SimpleNamespace(excinfo=SimpleNamespace(value=ValueError("a\nb")))
    failed = SimpleNamespace(skipped=False, failed=True)
    assert outcome_of(failed, call) == ("failed", "b")
    passed = SimpleNamespace(skipped=False, failed=False)
    assert outcome_of(passed, None) == ("passed", "")


def test_kinds_of_reports():
    def report(when, outcome, **xfail):
        flags = {"skipped": outcome == "skipped", "failed": outcome == "failed"}
        return SimpleNamespace(when=when, outcome=outcome, **flags, **xfail)

    assert kind_of(report("setup", "passed")) is None
    assert kind_of(report("setup", "skipped")) == "skipped"
    assert kind_of(report("setup", "failed")) == "errors"
    assert kind_of(report("call", "passed")) == "passed"
    assert kind_of(report("call", "failed")) == "failed"
    assert kind_of(report("call", "skipped", wasxfail="why")) == "xfailed"
    assert kind_of(report("call", "passed", wasxfail="why")) == "xpassed"
    assert kind_of(report("teardown", "passed")) is None
