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
            "later": {"B": "2026-11-29"} if name == "torch" else {},
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


TWO_TABLES = {
    "layers": (["a", "b"], ["masks", "seeds"]),
    "wrappers": (["c"], ["files"]),
}


def whole_run():
    results = Results()
    for layer in ("b", "a"):
        for check in ("seeds", "masks"):
            results.record("layers", layer, check, "passed", "")
    results.record("wrappers", "c", "files", "passed", "")
    for kind in ("passed", "passed", "failed"):
        results.count(kind)
    return results


def test_a_whole_run_makes_the_file(tmp_path, backend):
    assert whole_run().write(tmp_path, TWO_TABLES, 100) == ["a", "b", "c"]
    content = json.loads((tmp_path / f"{backend}.json").read_text())
    assert content["versions"]["keras"] == keras.__version__
    assert set(content["versions"]) == {"python", "keras", backend, "numpy"}
    assert list(content["layers"]) == ["a", "b"]
    assert list(content["layers"]["a"]) == ["masks", "seeds"]
    assert content["wrappers"]["c"]["files"] == {"outcome": "passed", "reason": ""}
    assert content["tests"] == {"failed": 1, "passed": 2}
    assert content["minutes"] == 2
    assert content["later"] == {}
    assert matrix.read(tmp_path) == {backend: content}


def test_rows_are_made_anew_whole_or_not_at_all(tmp_path, backend):
    results = Results()
    results.record("layers", "a", "masks", "passed", "")
    results.record("layers", "b", "masks", "failed", "why")
    results.record("layers", "b", "seeds", "passed", "")
    assert results.write(tmp_path, TWO_TABLES, 1) == []
    assert list(tmp_path.iterdir()) == []

    whole_run().write(tmp_path, TWO_TABLES, 100)
    file = tmp_path / f"{backend}.json"
    whole = json.loads(file.read_text())
    assert results.write(tmp_path, TWO_TABLES, 1) == ["b"]
    content = json.loads(file.read_text())
    assert content["layers"]["b"]["masks"] == {"outcome": "failed", "reason": "why"}
    assert list(content.pop("later")) == ["b"]
    del whole["later"], whole["layers"]["b"], content["layers"]["b"]
    assert content == whole

    whole["versions"]["keras"] = "1"
    file.write_text(json.dumps(whole))
    assert results.write(tmp_path, TWO_TABLES, 1) == []
    assert json.loads(file.read_text()) == whole


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
    assert text.endswith("made later: `B` on 2026-11-29 on PyTorch.\n")


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
