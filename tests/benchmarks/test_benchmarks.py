"""The benchmark as a user runs it, on sequences that take no time."""

import json
import math
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from benchmarks.picture import draw_growth
from benchmarks.processes import Worker, WorkerError
from benchmarks.results import make_growth, ratios, summary
from benchmarks.workloads import GROWTH_SIZES, Workload

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
