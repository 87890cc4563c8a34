"""The benchmark as a user runs it, on sequences that take no time."""

import json
import math
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import keras
import pytest

from benchmarks import peers, worker
from benchmarks.cells import count, made
from benchmarks.gpu_report import main as report
from benchmarks.layers import parse, rows
from benchmarks.peers import OURS
from benchmarks.picture import draw_growth
from benchmarks.processes import Worker, WorkerError
from benchmarks.results import about, make_growth, ratios, summary
from benchmarks.table import page
from benchmarks.workloads import GROWTH_SIZES, Workload, contenders
from keras_gated.recurrence import sequences
from keras_gated.recurrence._scanned import ScannedLoop

COMMAND = [
    sys.executable,
    str(Path(__file__).resolve().parents[2] / "benchmarks" / "layers.py"),
]

WORKLOAD = "2x5x3->4"


def run(*arguments):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=1800
    )


def timing(*milliseconds, once=False):
    return {"first_s": 1.0, "times_ms": list(milliseconds), "measured_once": once}


def test_end_to_end(backend, tmp_path):
    sizes = ("--workload", WORKLOAD, "--unit", "lstm", "--repeats", 3)
    patient = ("--patience", 1e9)
    done = run("--backend", backend, *sizes, *patient, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "layers.json").read_text())
    assert {"keras", "torch", "numpy"} <= results["about"]["libraries"].keys()
    (row,) = results["rows"]
    assert (row["backend"], row["workload"], row["unit"]) == (backend, WORKLOAD, "lstm")
    assert row["jit_compile"] == (backend != "torch")
    for mode in ("training", "inference"):
        contenders = row["modes"][mode]
        assert list(contenders) == ["ours", "ours, masked", "keras", "torch.nn"]
        for found in contenders.values():
            assert len(found["times_ms"]) == 3
            assert min(found["times_ms"]) > 0
            assert found["first_s"] > 0
            assert found["median_ms"] == median(found["times_ms"])
        middle = {name: median(found["times_ms"]) for name, found in contenders.items()}
        assert row["ratios"][mode] == {
            "keras/ours": middle["keras"] / middle["ours"],
            "ours/torch.nn": middle["ours"] / middle["torch.nn"],
            "masked/unmasked": middle["ours, masked"] / middle["ours"],
        }
    assert row["floor"]["floor_ms"] > 0

    page = (tmp_path / "layers.md").read_text().splitlines()
    header, _, line = [line for line in page if line.startswith("|")]
    assert line.count("|") == header.count("|")
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[:4] == [backend, WORKLOAD, "lstm", row["path"]]
    assert cells[5] == f"{row['ratios']['training']['keras/ours']:.2f}"
    assert line in done.stdout


class Quick:
    """A worker that replies at once."""

    backend, device = "torch", "gpu"

    def __init__(self, found="gpu"):
        self.found = found
        self.asked = []

    def ask(self, kind, **task):
        self.asked.append((kind, task))
        if kind == "memory":
            return {"peak_mb": 1.0}
        once = {name: timing(2.0, 3.0) for name in task["contenders"]}
        training = {**once, "matrix product": timing(1.0, 1.0)}
        modes = {"training": training, "inference": once}
        about = {"device": self.found, "card": "a card", "path": "gpu"}
        return {**about, "modes": modes}

    def update(self, text):
        """Takes what a status shows."""


def asked_for(*arguments):
    return parse(["--backend", "torch", "--workload", WORKLOAD, *arguments])


def test_what_a_gpu_is_asked():
    worker = Quick()
    options = asked_for(
        *("--device", "gpu", "--unit", "gru", "--masks", "--memory"),
        *("--numbers", "float32", "bfloat16"),
    )
    found = list(rows(worker, options, worker))
    assert [row["numbers"] for row in found] == ["float32", "bfloat16"]
    everyone = ["ours", "ours, masked", "keras", "keras, masked", "torch.nn"]
    for row in found:
        assert list(row["modes"]["training"]) == list(row["peak_mb"]) == everyone
        assert row["ratios"]["training"]["keras/ours, masked"] == 1.0
    assert {task["numbers"] for _, task in worker.asked} == {"float32", "bfloat16"}
    text = page({"about": about(2, 1.0), "rows": found, "growth": []})
    assert "GPU: a card." in text
    assert "| torch, gpu " in text
    assert "| torch, bfloat16, gpu " in text
    assert contenders("gru", "jax", "gpu") == ["ours", "keras"]


@pytest.mark.parametrize("contender", ["ours, masked", "keras", "torch.nn"])
def test_a_gpu_has_the_batch_and_gives_sums(contender, monkeypatch):
    batch = peers.Batch(Workload.parse(WORKLOAD))
    whole = peers.build(contender, "gru", batch, jit=False)["inference"]()
    assert whole.shape == (2, 5, 4)
    assert peers.there(batch.x) is batch.x
    monkeypatch.setattr(peers, "device", lambda: "gpu")
    monkeypatch.setattr(peers, "torch_device", lambda: "cpu")
    assert keras.ops.is_tensor(peers.there(batch.x))
    for numbers in ("float32", "bfloat16"):
        steps = peers.build(contender, "gru", batch, jit=False, numbers=numbers)
        assert steps["training"]() > 0
        assert steps["inference"]().shape == (2,)


def test_the_loop_is_the_one_that_was_taken(monkeypatch):
    """Not the one that the layer names, which leaves some sizes to others."""
    task = {"workload": WORKLOAD, "unit": "gru", "repeats": 2, "patience": 60.0}
    task |= {"contenders": ["ours"], "modes": ["inference"], "jit": False}
    assert worker.times(**task)["path"] == OURS["gru"](4).recurrence.name
    choose = sequences.loop_for

    def leaving(equations, operands):
        loop = choose(equations, operands)
        return ScannedLoop(loop.equations)

    monkeypatch.setattr(sequences, "loop_for", leaving)
    assert worker.times(**task)["path"] == "hand-written"
    assert sequences.loop_for is leaving


def test_a_backend_that_has_no_gpu():
    worker = Quick(found="cpu")
    with pytest.raises(WorkerError, match="torch sees no GPU"):
        list(rows(worker, asked_for("--device", "gpu"), worker))


def test_no_row_begins_after_the_limit(monkeypatch):
    worker = Quick()
    clock = iter([0.0, 5.0, 11.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    options = asked_for("--unit", "gru", "tanh", "--limit", "10")
    assert [row["unit"] for row in rows(worker, options, worker)] == ["gru"]


def test_the_report_of_a_gpu(tmp_path, capsys):
    worker = Quick()
    for unit in ("gru", "tanh"):
        found = list(rows(worker, asked_for("--unit", unit), worker))
        results = {"about": about(2, 1.0), "rows": found, "growth": []}
        (tmp_path / unit).mkdir()
        (tmp_path / unit / "layers.json").write_text(json.dumps(results))
    suite = '<testsuite tests="3" failures="1" errors="0" skipped="2"/>'
    (tmp_path / "tests-torch.xml").write_text(f"<testsuites>{suite}</testsuites>")
    (tmp_path / "missing.txt").write_text("No time was left for: this\n")
    report(tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert "- tests-torch: 3 tests, 1 failures, 0 errors, 2 skipped" in text
    assert "- No time was left for: this" in text
    assert [
        line.count("| gru ") + line.count("| tanh ")
        for line in text.splitlines()
        if line.startswith("| torch")
    ] == [1, 1]
    whole = json.loads((tmp_path / "report.json").read_text())
    assert [row["unit"] for row in whole["rows"]] == ["gru", "tanh"]
    assert "report.md" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["run"], ["run", "wheels"], ["prepare"]])
def test_the_command_for_a_gpu_says_how_it_is_called(arguments):
    script = Path(COMMAND[1]).with_name("gpu.sh")
    done = subprocess.run([script, *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert "benchmarks/gpu.sh run WHEELS RESULTS" in done.stderr


@pytest.mark.exhaustive
def test_memory_and_a_crash(backend):
    with Worker(backend) as worker:
        task = {"workload": WORKLOAD, "contender": "ours", "jit": False}
        assert worker.ask("memory", unit="tanh", **task)["peak_mb"] >= 0
        with pytest.raises(WorkerError, match=rf"(?s)on {backend} ended with 1.*elman"):
            worker.ask("memory", unit="elman", **task)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workload", "mozart"], "'mozart' is no workload. Write BATCHxTIMEx"),
        (["--workload", "2x0x3->4"], "'2x0x3->4' is no workload"),
        (["--unit", "elman"], "gru_after"),
        (["--backend", "theano"], "tensorflow"),
        (["--repeats", "1"], "must be 2 or more, not 1"),
    ],
)
def test_bad_input_ends_with_a_message(arguments, message, tmp_path):
    done = run(*arguments, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    done = run("--out", tmp_path / "file")
    assert done.returncode == 1
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_sizes():
    assert Workload.parse("2x5x3->4") == Workload(2, 5, 3, 4)
    assert Workload.parse("2x5x3->4").name == "2x5x3->4"
    forward = 2 * 2 * 5 * 3 * 4 * 3, 2 * 2 * 5 * 4 * 3 * 4
    assert Workload(2, 5, 3, 4).training_flops("gru") == (
        2 * forward[0] + 3 * forward[1]
    )
    assert Workload(1, 8000, 1, 1).repeats(15) == 5
    assert Workload(1, 8000, 1, 1).repeats(6) == 3


def test_what_was_measured_once_has_a_median():
    once = summary(timing(7.0, once=True))
    assert (once["low_ms"], once["median_ms"], once["high_ms"]) == (7.0, 7.0, 7.0)
    assert ratios({"ours": summary(timing(1.0, 2.0, 6.0)), "keras": once}) == {
        "keras/ours": 3.5
    }


def test_the_picture_and_the_exponent(tmp_path):
    growth = [
        make_growth(
            backend,
            dimension,
            list(sizes),
            [timing(*(cost * size**1.5 * k for k in (1, 2, 3))) for size in sizes],
        )
        for backend, cost in (("jax", 0.1), ("torch", 0.3))
        for dimension, sizes in GROWTH_SIZES.items()
    ]
    for curve in growth:
        assert math.isclose(curve["exponent"], 1.5)
    path = tmp_path / "growth.png"
    draw_growth(growth, path)
    assert path.stat().st_size > 10_000
    draw_growth(growth[:1], path)


def test_a_recogniser_is_timed(backend):
    script = Path(COMMAND[1]).with_name("recogniser.py")
    sizes = ("--size", 4, "--batch", 2, "--frames", 30, "--classes", 5, "--repeats", 2)
    arguments = map(str, ("--backend", backend, "--units", "gru", *sizes))
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    header, _, frames, ctc, listening = done.stdout.splitlines()
    for line, objective in ((frames, "frames"), (ctc, "ctc")):
        assert line.count("|") == header.count("|")
        assert line.startswith(f"| {backend} | gru | {objective} |")
    assert listening.startswith("gru: ") and "ms to listen to 10 ms" in listening


@pytest.mark.parametrize("layer", ["GRU", "MUT1"])
def test_graphs_of_cells_are_as_large_as_their_layers(layer):
    for sizes in ((5, 3), (36, 88)):
        assert count(f"Graph{layer}", *sizes) == count(layer, *sizes)
    assert made(f"Graph{layer}", 5).recurrence.name == "generic"
