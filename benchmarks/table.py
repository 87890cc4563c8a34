"""The results as a Markdown table."""

from collections.abc import Iterable
from typing import Any

from benchmarks.results import RATIOS, Row
from benchmarks.workloads import GROWTH_UNIT

HEADERS = (
    "backend     ",
    "B x T x D -> H  ",
    "unit     ",
    "our loop    ",
    "ours, ms (quartiles)  ",
    "keras / ours",
    "ours / torch.nn",
    "masked / unmasked",
    "inference: ours, ms   ",
    "keras / ours",
    "ours / torch.nn",
    "first call, s: ours, keras",
    "peak MB: ours, keras, torch.nn",
    "floor, ms",
    "masked: keras / ours",
)

LEGEND = (
    "B sequences of T steps with D features are read by a layer of H units. A training "
    "step is the whole of Keras' `train_on_batch` (forward, backward, SGD update), "
    "inference the whole of `predict_on_batch`; for `torch.nn` the same in plain "
    "PyTorch, in the same process. All take turns, each with a step not timed before "
    "the one that is (unless it takes a second); the times are medians.",
    "On a GPU the batch lies there already, and inference ends in a sum over each "
    "sequence: what goes to the GPU and back is not timed.",
    "keras / ours above 1: ours is faster. ours / torch.nn below 1: ours is faster. "
    "masked / unmasked: our training step with a mask of padding on the right, "
    "sequences being T/2 to T steps long, over the one without; the mask enters the "
    "loss too.",
    "Our loop: `native` is the one in C++, `hand-written` that in the backend's own "
    "operations, which KERAS_GATED_NATIVE=0 gives, `gpu` the kernels that "
    "KERAS_GATED_GPU_LOOPS=1 asks for.",
    "`lstm`: ours has peepholes, which Keras and `torch.nn` do not have. `gru`: the "
    "reset gate is before the product, in Keras `reset_after=False`; `torch.nn.GRU` "
    "only has it after, and is timed all the same. `gru_after`: all three after. "
    "`tanh`: all three the same.",
    "First call: the first training step, compilation included. Peak MB: growth of the "
    "peak of main memory in that step, or of a GPU's own, in a process of its own. "
    "Floor: the matrix products of the training step, at the speed of one big product.",
)

STAR = "\\*"

ONCE = STAR + " a step took more than {patience:g} s and was timed once."


def page(results: dict[str, Any]) -> str:
    """The whole page: the machine, the table and how to read it."""
    rows = [row_line(row) for row in results["rows"]]
    legend = [*LEGEND, ONCE.format(patience=results["about"]["patience_s"])]
    growth = [growth_line(growth) for growth in results["growth"]]
    cards = sorted({row["card"] for row in results["rows"] if row["card"]})
    return "\n".join(
        [
            " ".join([about_line(results["about"]), *(f"GPU: {c}." for c in cards)]),
            "",
            *head_lines(),
            *rows,
            "",
            *(f"- {line}" for line in (*legend, *growth)),
            "",
        ]
    )


def about_line(about: dict[str, Any]) -> str:
    """On what it was measured, and when."""
    libraries = (f"{name} {version}" for name, version in about["libraries"].items())
    # Loops of short operations are slowed most by others, PyTorch's a hundredfold.
    load = "" if about["load"] is None else f", load {about['load']:.1f} at the start"
    return (
        f"{about['processor']}, {about['cores']} cores{load}; "
        f"Python {about['python']}, {', '.join(libraries)}; {about['date']}."
    )


def head_lines() -> list[str]:
    """The first two lines of the table."""
    return [line(HEADERS), line(["-" * len(header) for header in HEADERS])]


def row_line(row: Row) -> str:
    """One row of the table."""
    training, inference = row["modes"]["training"], row["modes"]["inference"]
    compiled = row["jit_compile"] or row["backend"] == "torch"
    where = [row["backend"], *([] if compiled else ["no XLA"])]
    where += [] if row["numbers"] == "float32" else [row["numbers"]]
    where += [] if row["device"] == "cpu" else [row["device"]]
    firsts = [f"{training[name]['first_s']:.1f}" for name in ("ours", "keras")]
    peaks = [
        f"{row['peak_mb'][name]:.0f}"
        for name in ("ours", "keras", "torch.nn")
        if name in row["peak_mb"]
    ]
    return line(
        [
            ", ".join(where),
            row["workload"],
            row["unit"],
            row["path"],
            with_quartiles(training["ours"]),
            ratio(row, "training", "keras/ours"),
            ratio(row, "training", "ours/torch.nn"),
            ratio(row, "training", "masked/unmasked"),
            with_quartiles(inference["ours"]),
            ratio(row, "inference", "keras/ours"),
            ratio(row, "inference", "ours/torch.nn"),
            ", ".join(firsts),
            ", ".join(peaks),
            digits(row["floor"]["floor_ms"]),
            ratio(row, "training", "keras/ours, masked"),
        ]
    )


def growth_line(growth: dict[str, Any]) -> str:
    """In words, how the time grows along one dimension."""
    sizes, points = growth["sizes"], growth["points"]
    return (
        f"Growth on {growth['backend']}, {GROWTH_UNIT}: {growth['dimension']} from "
        f"{sizes[0]} to {sizes[-1]}, training step from "
        f"{digits(points[0]['median_ms'])} to {digits(points[-1]['median_ms'])} ms, "
        f"as the power {growth['exponent']:.2f}."
    )


def line(cells: Iterable[str]) -> str:
    """Cells as a line, as wide as the headers so that it can be read as it is."""
    padded = (
        cell.ljust(len(header)) for cell, header in zip(cells, HEADERS, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def with_quartiles(timing: dict[str, Any]) -> str:
    """The median with the quartiles around it."""
    if timing["measured_once"]:
        return digits(timing["median_ms"]) + STAR
    low, middle, high = (digits(timing[f"{of}_ms"]) for of in ("low", "median", "high"))
    return f"{middle} ({low} to {high})"


def ratio(row: Row, mode: str, name: str) -> str:
    """A ratio, with a star if one of its two times was measured only once."""
    if name not in row["ratios"][mode]:
        return ""
    once = any(row["modes"][mode][who]["measured_once"] for who in RATIOS[name])
    return f"{row['ratios'][mode][name]:.2f}" + (STAR if once else "")


def digits(milliseconds: float) -> str:
    """A time with the digits that mean something."""
    for places, least in enumerate((100, 10, 0.1)):
        if milliseconds >= least:
            return f"{milliseconds:.{places}f}"
    return f"{milliseconds:.2g}"
