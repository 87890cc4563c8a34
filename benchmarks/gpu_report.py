"""Puts what `gpu.sh` has left in a folder into one page.

    python benchmarks/gpu_report.py RESULTS

Writes `report.json`, with all that was measured, and `report.md`.
"""

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import table


def main(folder: Path) -> None:
    """Reads and writes the folder."""
    found = [
        json.loads(path.read_text()) for path in sorted(folder.glob("*/layers.json"))
    ]
    rows = [row for part in found for row in part["rows"]]
    tests = {path.stem: counted(path) for path in sorted(folder.glob("tests-*.xml"))}
    about = found[0]["about"] if found else None
    whole = {"about": about, "rows": rows, "growth": [], "tests": tests}
    (folder / "report.json").write_text(json.dumps(whole, indent=1))
    (folder / "report.md").write_text(page(whole, folder / "missing.txt"))
    print(f"Written: {folder / 'report.md'}")


def counted(path: Path) -> dict[str, int]:
    """How many tests there were, and what became of them."""
    (suite,) = ElementTree.parse(path).getroot().iter("testsuite")
    names = ("tests", "failures", "errors", "skipped")
    return {name: int(suite.get(name, 0)) for name in names}


def page(whole: dict[str, Any], missing: Path) -> str:
    """What was tested, what was measured, and what there was no time for."""
    lines = ["# On a GPU", "", "Nobody rounds factors of float32 to TF32.", ""]
    for name, counts in whole["tests"].items():
        of_all = ", ".join(f"{count} {what}" for what, count in counts.items())
        lines.append(f"- {name}: {of_all}")
    if missing.exists():
        lines += [f"- {line}" for line in missing.read_text().splitlines()]
    if whole["rows"]:
        lines += ["", table.page(whole).rstrip()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
