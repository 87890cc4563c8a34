"""Every Python block of the documentation runs, those of a page one after another."""

import re

import pytest

import keras_gated
from tests.pages import ROOT, has_blocks, run_page
from tests.public import public_names
from tests.tiers import exhaustive_elsewhere

ELSEWHERE = {"lesson.md": "tests/test_lesson.py"}
"""Pages whose blocks another file runs."""

PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if has_blocks(page) and page.name not in ELSEWHERE
]


@exhaustive_elsewhere
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_run(page, data_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


def test_the_api_pages_have_every_public_name():
    api = (ROOT / "docs" / "api").glob("*.md")
    pages = "".join(page.read_text("utf-8") for page in api)
    shown = set(re.findall(r"^::: ([\w.]+)", pages, re.MULTILINE))
    missing = [name for name in public_names(keras_gated) if name not in shown]
    assert missing == []
