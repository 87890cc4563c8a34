"""The faults and what became of them, a JSON object a line."""

import json
from pathlib import Path

from tests.mutants.fault import Fault


class Ledger:
    """A file that grows by a line for each run; the last line of a fault counts.

    Args:
        path: The file. Its first lines hold the faults, the others what runs found.
    """

    def __init__(self, path):
        self.path = Path(path)

    def faults(self):
        return [
            Fault(**{key: value for key, value in line.items() if key != "name"})
            for line in self._lines()
            if "kind" in line
        ]

    def found(self, tier):
        """By the name of a fault, what a tier of tests found."""
        return {
            line["fault"]: line
            for line in self._lines()
            if "fault" in line and line["tier"] == tier
        }

    def catchers(self):
        """By the name of a fault, the backends and tests that ever caught it."""
        caught = {}
        for line in self._lines():
            if line.get("outcome") == "caught" and "::" in line["test"]:
                caught.setdefault(line["fault"], {})[line["backend"]] = line["test"]
        return caught

    def add(self, line):
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _lines(self):
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def table(faults, found):
    """The results as Markdown: a row for each area, and each fault that survived."""
    lines = [
        "| area | faults | caught | by a timeout |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in (*dict.fromkeys(fault.area for fault in faults), "all"):
        outcomes = [
            found[fault.name]["outcome"]
            for fault in faults
            if fault.name in found and name in (fault.area, "all")
        ]
        caught = len(outcomes) - outcomes.count("survived")
        slow = outcomes.count("timeout")
        lines.append(f"| {name} | {len(outcomes)} | {caught} | {slow} |")
    return "\n".join(lines)


def entry(fault, result):
    """A fault and what became of it, in a few lines."""
    where = f"{fault.file}:{fault.line} {fault.function} ({fault.kind})"
    what = f"{result['outcome']} after {result['ran']} of {result['of']} tests"
    if result["outcome"] != "survived":
        what += f" by {result['test']}"
    return f"{fault.name} {where}\n{fault.diff}\n  {what} on {result['backend']}"
