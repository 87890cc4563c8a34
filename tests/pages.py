"""Runs the Python blocks of a page of the documentation, and makes its pictures.

    python -m tests.pages lesson

runs `docs/lesson.md` and leaves the pictures that its code saves in `docs/examples`,
where the page shows them.
"""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "examples"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def has_blocks(page):
    """Whether there is code on the page."""
    return BLOCK.search(page.read_text("utf-8")) is not None


def words(text):
    """The text with a single space wherever it has some, or ends a line."""
    return " ".join(text.split())


def run_page(page):
    """Runs the blocks of a page one after another, in the working folder.

    Returns:
        What they have defined, by name.
    """
    text = page.read_text("utf-8")
    names = {"__name__": "documentation"}
    for block in BLOCK.finditer(text):
        # As many lines before it as in the page, for the numbers in a traceback.
        before = "\n" * (text.count("\n", 0, block.start()) + 1)
        exec(compile(before + block[1], page, "exec"), names)
    return names


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "agg")
    os.chdir(PICTURES)
    run_page(ROOT / "docs" / f"{sys.argv[1]}.md")
