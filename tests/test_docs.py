"""Every Python block of the documentation runs, those of a page one after another."""

import re
from pathlib import Path

import pytest

import keras_gated
from tests.public import public_names
from tests.tiers import exhaustive_elsewhere

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if BLOCK.search(page.read_text("utf-8"))
]


@exhaustive_elsewhere
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_run(page, data_dir, tmp_path, monkeypatch):
    text = page.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "documentation"}
    for block in BLOCK.finditer(text):
        # As many lines before it as in the page, for the numbers in a traceback.
        before = "\n" * (text.count("\n", 0, block.start()) + 1)
        exec(compile(before + block[1], page, "exec"), names)


def test_the_api_pages_have_every_public_name():
    api = (ROOT / "docs" / "api").glob("*.md")
    pages = "".join(page.read_text("utf-8") for page in api)
    shown = set(re.findall(r"^::: ([\w.]+)", pages, re.MULTILINE))
    missing = [name for name in public_names(keras_gated) if name not in shown]
    assert missing == []
