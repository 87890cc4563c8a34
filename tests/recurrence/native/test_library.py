"""The built library: its symbols, and its threads in several processes and threads."""

import multiprocessing
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import hatch_build
from tests import needs
from tests.recurrence.native.library import Library
from tests.recurrence.native.problems import random_problem

pytestmark = pytest.mark.once
SHAPE = (40, 37, 70)


@needs.mark(shutil.which("nm"), "there is no nm")
def test_kernels_share_no_function_with_others():
    """What the linker may merge could come from a set that the processor has not."""
    # Afterwards another build may throw the objects away.
    with hatch_build.objects(None) as (objects, _):
        symbols = [
            subprocess.run(
                ["nm", "-C", str(path)], check=True, capture_output=True, text=True
            ).stdout
            for path in objects
            if path.name.startswith("kernels_")
        ]
    assert symbols
    for lines in map(str.splitlines, symbols):
        defined = [line for line in lines if re.search(r" [A-TV-Zuvw] ", line)]
        assert len(defined) == 1 and defined[0].endswith("_kernels"), defined


def test_called_from_several_threads(library):
    problems = [
        random_problem(np.random.default_rng(seed), "lstm", SHAPE) for seed in range(4)
    ]
    alone = [library.forward(problem).outputs for problem in problems]

    def outputs(problem):
        return library.forward(problem, threads=2).outputs

    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            found = list(pool.map(outputs, problems))
            np.testing.assert_array_equal(found, alone)


def run_in_child(connection):
    problem = random_problem(np.random.default_rng(0), "lstm", SHAPE)
    connection.send(Library().forward(problem, threads=2).outputs.sum())


# Python warns of a fork in a process with threads: that is what this is about.
@pytest.mark.filterwarnings("ignore:.*fork.*")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_child_processes(method, library):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("not on this system")
    problem = random_problem(np.random.default_rng(0), "lstm", SHAPE)
    expected = library.forward(problem, threads=2).outputs.sum()
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    child = context.Process(target=run_in_child, args=(there,))
    child.start()
    assert here.poll(300) and here.recv() == expected
    child.join(300)
    assert child.exitcode == 0


def test_leaves_the_caller_its_smallest_numbers(library):
    problem = random_problem(np.random.default_rng(0), "lstm", (3, 2, 5))
    library.forward(problem)
    assert np.float32(1e-40) * np.float32(0.5) > 0


def test_environment_names_the_instruction_set(library, monkeypatch):
    monkeypatch.delenv("KERAS_GATED_NATIVE_ISA", raising=False)
    best = library.isa
    monkeypatch.setenv("KERAS_GATED_NATIVE_ISA", "no such set")
    assert library.isa == best
    for name in ("sse2", "baseline"):
        monkeypatch.setenv("KERAS_GATED_NATIVE_ISA", name)
        assert library.isa in (name, best)
