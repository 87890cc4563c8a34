"""Writes `docs/conformance.md` from the results of the checks.

`python tests/conformance/matrix.py` takes them from `results/conformance/`, which
`make conformance` fills: a JSON file for each backend.
"""

import html
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "results" / "conformance"
PAGE = ROOT / "docs" / "conformance.md"

BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}
SIGNS = {"passed": "✓", "failed": "✗", "not applicable": "○", "left out": "·"}

HEAD = """# Conformance

`keras_gated.testing` has checks of what users of Keras expect; [Extending](
extending.md#test-it) shows how to run them on a layer of your own. Below is what came
out{versions}: a row for each layer, a column for each check, and in each cell, from
left to right, {backends}.

<span class="passed">✓</span> passes ·
<span class="failed">✗</span> fails, see [below](#what-fails) ·
<span class="not-applicable">○</span> does not apply, see
[below](#what-does-not-apply) ·
<span class="not-applicable">·</span> left to a row with the same code but for a step,
see [below](#what-is-left-to-another-row)
"""

SECTIONS = {
    "layers": """
## Recurrent layers

What `check_recurrent_layer` finds with its {checks} checks of {layers} layers.

""",
    "wrappers": """
## Wrappers that change weights

What `check_weight_wrapper` finds with its {checks} checks of {layers} wrappers, in
models where Keras freezes, saves, copies, quantizes, shares or averages weights.

""",
}
"""The tables of the results, and what stands above each."""

FOOT = """
## Running it

`make test` runs the quick checks. `make conformance` runs all of them on the three
backends, and whatever else of the tests is slow; it writes `results/conformance/` and
this page from it. What is shown above came out of:

| | on | tests | in |
|---|---|---|---|
{runs}

`make conformance ROWS=GraphRNN` makes the rows anew that have this in their names.
`make conformance-keras KERAS=3.15.1` runs the quick checks on another version of Keras.
"""


def read(folder=RESULTS):
    """The results of the backends that there are, by name."""
    return {
        name: json.loads((folder / f"{name}.json").read_text())
        for name in BACKENDS
        if (folder / f"{name}.json").exists()
    }


def page(results, descriptions):
    """The Markdown of the page."""
    keras = sorted({result["versions"]["keras"] for result in results.values()})
    return "".join(
        [
            HEAD.format(
                versions=f" on Keras {' and '.join(keras)}",
                backends=", ".join(
                    f"{BACKENDS[name]} {result['versions'][name]}"
                    for name, result in results.items()
                ),
            ),
            *(section(results, name, descriptions[name]) for name in SECTIONS),
            "\n## What fails\n\n",
            reasons(results, "failed"),
            "\n## What is left to another row\n\n",
            reasons(results, "left out"),
            "\n## What does not apply\n\n",
            reasons(results, "not applicable"),
            FOOT.format(runs="\n".join(map(run, results.values()))),
            later(results),
        ]
    )


def run(result):
    """The line of the last whole run on a backend."""
    name = result["backend"]
    tests = ", ".join(f"{count} {kind}" for kind, count in result["tests"].items())
    return (
        f"| {BACKENDS[name]} {result['versions'][name]} | {result['date']} | {tests} | "
        f"{result['minutes']} minutes |"
    )


def later(results):
    """A sentence on the rows that were made anew since."""
    rows = _grouped(
        ((layer, date), BACKENDS[name])
        for name, result in results.items()
        for layer, date in result["later"].items()
    )
    days = _grouped(((date, names), layer) for (layer, date), names in rows.items())
    made = "; ".join(
        f"{_code(layers)} on {date} on {_all(names, results)}"
        for (date, names), layers in days.items()
    )
    return f"\nRows that were made later: {made}.\n" if made else ""


def section(results, name, descriptions):
    """A table of the results, and what its checks are."""
    tables = {backend: result[name] for backend, result in results.items()}
    rows = next(iter(tables.values()))
    checks = list(next(iter(rows.values())))
    return "".join(
        [
            SECTIONS[name].format(checks=len(checks), layers=len(rows)),
            table(tables, list(rows), checks),
            "\nThe checks:\n\n",
            *(f"- `{check}`: {descriptions[check]}.\n" for check in checks),
        ]
    )


def table(tables, layers, checks):
    """The matrix in HTML, for the titles of its cells."""
    rows = []
    for layer in layers:
        cells = (cell(tables, layer, check) for check in checks)
        rows.append(f"<tr><th>{html.escape(layer)}</th>{''.join(cells)}</tr>\n")
    names = "".join(f"<th><span>{check}</span></th>" for check in checks)
    return (
        '<div class="conformance" tabindex="0"><table class="matrix">\n'
        f"<thead><tr><th>Layer</th>{names}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n"
    )


def cell(tables, layer, check):
    """The signs of the backends, one beside the other."""
    signs = []
    for name, rows in tables.items():
        found = rows[layer][check]
        title = f"{check} on {BACKENDS[name]}: {found['outcome']}"
        if found["reason"]:
            title += f", {found['reason']}"
        kind = {"left out": "not applicable"}.get(found["outcome"], found["outcome"])
        kind = kind.replace(" ", "-")
        signs.append(
            f'<span class="{kind}" title="{html.escape(title, quote=True)}">'
            f"{SIGNS[found['outcome']]}</span>"
        )
    return f"<td>{''.join(signs)}</td>"


def reasons(results, outcome):
    """The cells with an outcome by their reasons, as a list."""
    backends = _grouped(
        ((entry["reason"], layer, check), BACKENDS[name])
        for name, result in results.items()
        for section in SECTIONS
        for layer, row in result[section].items()
        for check, entry in row.items()
        if entry["outcome"] == outcome
    )
    layers = _grouped(
        ((reason, check, names), layer)
        for (reason, layer, check), names in backends.items()
    )
    checks = _grouped(
        ((reason, rows, names), check)
        for (reason, check, names), rows in layers.items()
    )
    places = _grouped(
        (reason, f"{_code(columns)} of {_code(rows)} on {_all(names, results)}")
        for (reason, rows, names), columns in checks.items()
    )
    lines = (
        f"- {reason[0].upper()}{reason[1:]}: {'; '.join(where)}.\n"
        for reason, where in places.items()
    )
    return "".join(lines) or "Nothing.\n"


def descriptions_of(tables):
    """What the checks of each table are, by their names."""
    return {
        name: {check.name: check.description for check in checks.values()}
        for name, checks in tables.items()
    }


def _grouped(pairs):
    """The second of the pairs by their first."""
    groups = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _code(names):
    return ", ".join(f"`{name}`" for name in names)


def _all(names, results):
    return "all backends" if len(names) == len(results) > 1 else ", ".join(names)


def main():
    from keras_gated._files import replacing
    from keras_gated.testing import CHECKS, WRAPPER_CHECKS

    tables = {"layers": CHECKS, "wrappers": WRAPPER_CHECKS}
    with replacing(PAGE) as file:
        file.write(page(read(), descriptions_of(tables)).encode())
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
