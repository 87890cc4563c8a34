"""Plants small faults in a copy of the tree and counts those that the tests catch.

    python -m tests.mutants --map FOLDER --ledger FILE

README.md beside this file says how the folder is made, and what was found.
"""

import argparse
import os
import tempfile
from pathlib import Path

from tests.mutants.choose import all_faults, choose
from tests.mutants.ledger import Ledger, table
from tests.mutants.native_faults import compiles, is_native
from tests.mutants.reach import Reach
from tests.mutants.score import Score
from tests.mutants.selection import read_seconds, read_tier
from tests.mutants.trees import copy_tree

ROOT = Path(__file__).resolve().parents[2]


def read_options():
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__
    )
    parser.add_argument(
        "--map", type=Path, required=True, help="folder of .coverage and NAME.json"
    )
    parser.add_argument("--measured", type=Path, default=ROOT, help="tree of the map")
    parser.add_argument("--tree", type=Path, default=ROOT, help="tree to be tested")
    parser.add_argument("--ledger", type=Path, required=True, help="file of JSON lines")
    parser.add_argument(
        "--tier", default="quick", help="name of the selection of tests"
    )
    parser.add_argument("--tests", type=Path, help="JSON file of the ids by backend")
    parser.add_argument("--count", type=int, default=70, help="how many faults")
    parser.add_argument("--seed", type=int, default=16, help="what chooses them")
    parser.add_argument("--budget", type=float, default=300, help="seconds per backend")
    parser.add_argument(
        "--hasty", action="store_true", help="leave open what the nearest tests miss"
    )
    parser.add_argument("--areas", nargs="+", help="only the faults of these areas")
    parser.add_argument("--only", nargs="+", help="only the faults of these names")
    return parser.parse_args()


def main():
    options = read_options()
    ledger = Ledger(options.ledger)
    with tempfile.TemporaryDirectory(prefix="keras_gated-") as folder:
        tree = copy_tree(options.tree.resolve(), Path(folder))
        if not ledger.faults():
            plan(ledger, tree, options)
        faults = wanted(ledger.faults(), options)
        print(f"seed {options.seed}, {len(faults)} faults, tier {options.tier!r}")
        tests = read_tier(options.tests or options.map / "tier.json", tree)
        score = Score(
            ledger,
            tree,
            options.tier,
            tests,
            Reach(options.map / ".coverage", options.measured),
            read_seconds(options.map),
            options.budget,
            options.hasty,
        )
        score.run(faults)
    print(table(faults, ledger.found(options.tier)))


def plan(ledger, tree, options):
    """Chooses the faults and puts them into the ledger."""

    def valid(fault):
        if not is_native(fault.file):
            return True
        file = tree / fault.file
        original = file.read_text(encoding="utf-8")
        file.write_text(fault.planted(original), encoding="utf-8")
        try:
            return compiles(tree)
        finally:
            file.write_text(original, encoding="utf-8")

    for fault in choose(all_faults(tree), options.count, options.seed, valid):
        ledger.add(fault.record())


def wanted(faults, options):
    return [
        fault
        for fault in faults
        if (not options.areas or fault.area in options.areas)
        and (not options.only or fault.name in options.only)
    ]


if __name__ == "__main__":
    os.nice(5)
    main()
