"""Plants faults and scores a tier of tests by those that it catches."""

import subprocess

from tests.mutants.ledger import entry
from tests.mutants.reach import mirrored
from tests.mutants.selection import BACKENDS
from tests.mutants.trees import planted
from tests.mutants.trial import run

SAME = ("reproduce", "keras_gated/datasets", "keras_gated/interchange", "native/src")
"""Areas whose code does the same on every backend: PyTorch speaks for all."""

NOT_SAME = "reproduce/training"

SHARE = {"torch": 1.0, "jax": 0.5, "tensorflow": 0.5}
"""How much of the budget each backend gets; the first one has most of the tests."""

FEW = 3
"""Tests that run a line, which may be but those that import it first."""

UNKNOWN = 1.0
"""Seconds of a test that nobody timed."""


class Score:
    """Scores one tier.

    Args:
        ledger: Where results are kept; what is there is not run again.
        tree: The copy of the tree.
        tier: The name of the tier.
        tests: The ids of its tests by backend.
        reach: Tells the tests of a fault.
        seconds: How long tests take, by backend.
        budget: The most seconds, as recorded, of the tests of one backend.
        hasty: Whether only the tests that run the lines are tried, on one backend.
            What they do not catch stays open.
    """

    def __init__(self, ledger, tree, tier, tests, reach, seconds, budget, hasty=False):
        self.ledger, self.tree, self.tier, self.reach = ledger, tree, tier, reach
        self.tests = {name: dict.fromkeys(found) for name, found in tests.items()}
        self.seconds, self.budget, self.hasty = seconds, budget, hasty

    def run(self, faults):
        known = self.ledger.found(self.tier)
        catchers = self.ledger.catchers()
        for fault in faults:
            if fault.name not in known:
                result = self._judge(fault, catchers.get(fault.name, {}))
                line = {"fault": fault.name, "tier": self.tier, **result}
                if not (self.hasty and result["outcome"] == "survived"):
                    self.ledger.add(line)
                print(entry(fault, result), flush=True)

    def _judge(self, fault, catchers):
        tests_run = 0
        try:
            with planted(fault, self.tree):
                for backend, tests in self._stages(fault, catchers):
                    seconds = self.seconds[backend]
                    result = run(self.tree, backend, tests, seconds)
                    tests_run += result["ran"]
                    if result["outcome"] != "survived":
                        return {**result, "ran": tests_run}
        except (subprocess.CalledProcessError, RuntimeError) as error:
            return _caught_by_the_build(error)
        return {
            "backend": "any",
            "outcome": "survived",
            "test": "",
            "why": "",
            "ran": tests_run,
            "of": tests_run,
            "seconds": 0,
        }

    def _stages(self, fault, catchers):
        """The backends, and on each the tests that may catch a fault, in order."""
        for backend, test in catchers.items():
            if test in self.tests[backend]:
                yield backend, [test]
        hit = self.reach.tests(fault)
        files = {test.split("::")[0] for test in hit}
        folder = mirrored(fault.file)
        backends = self._backends(fault)
        for backend in backends:
            near = self._cheapest_first(backend, hit)
            if near:
                yield backend, near
            if self.hasty and near:
                return
            if backend != backends[0] and near:
                continue
            # What a fixture of a file ran counts for the first of its tests only.
            around = {
                test
                for test in self.tests[backend]
                if test.split("::")[0] in files or test.startswith(folder)
            }
            if len(hit) <= FEW:
                around |= self.reach.tests_of_file(fault.file)
            around |= self._unmeasured(backend, fault)
            far = self._cheapest_first(backend, around - set(near))
            if far:
                yield backend, far

    def _backends(self, fault):
        own = [name for name in BACKENDS if fault.file.endswith(f"/{name}.py")]
        if fault.file.endswith("xla.cc"):
            own = ["jax"]
        if own:
            return own
        same = fault.area.startswith(SAME) and fault.area != NOT_SAME
        return BACKENDS[:1] if same else BACKENDS

    def _unmeasured(self, backend, fault):
        """The tests of the same half of the tree that came after the map."""
        own = fault.file.startswith("reproduce/")
        return {
            test
            for test in self.tests[backend]
            if test not in self.seconds[backend]
            and test.startswith("tests/reproduce/") == own
        }

    def _cheapest_first(self, backend, tests):
        """The tests of a backend that there is time for."""
        seconds = self.seconds[backend]
        ordered = sorted(
            (test for test in tests if test in self.tests[backend]),
            key=lambda test: seconds.get(test, UNKNOWN),
        )
        kept, total = [], 0.0
        for test in ordered:
            total += seconds.get(test, UNKNOWN)
            if total > self.budget * SHARE[backend] and kept:
                break
            kept.append(test)
        return kept


def _caught_by_the_build(error):
    return {
        "backend": "any",
        "outcome": "caught",
        "test": "the build",
        "why": str(error)[:200],
        "ran": 0,
        "of": 0,
        "seconds": 0,
    }
