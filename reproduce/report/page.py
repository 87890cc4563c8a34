"""The report as one page, in Markdown and in HTML."""

import base64
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reproduce.report.datasets import data_notes, data_table
from reproduce.report.failures import FAILURES, failure_table
from reproduce.report.markdown import whole_table
from reproduce.report.order import in_order
from reproduce.study import Picture, Results, Study

TEMPLATES = Path(__file__).parent / "templates"

FRAME = TEMPLATES / "frame.md.j2"
"""What the template of a study extends, or its template if it has no more to say."""


def render_markdown(
    study: Study,
    results: Results,
    tables: Mapping[str, pd.DataFrame],
    claims: pd.DataFrame,
    pictures: Sequence[Picture],
) -> str:
    """Writes the report in Markdown.

    Args:
        study: Its template may extend `FRAME`, which has a block for each part.
        results: What there is to report.
        tables: The tables of the study by their files.
        claims: The tests of the paper's claims.
        pictures: The figures that were drawn.

    Returns:
        The text of `report.md`.
    """
    template = study.template or FRAME
    environment = Environment(
        loader=FileSystemLoader([template.parent, TEMPLATES]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["table"] = whole_table
    return environment.get_template(template.name).render(
        study=study,
        results=results,
        tables=tables,
        claims=claims,
        pictures=pictures,
        **_of_any_study(study, results),
        **study.page(results),
    )


def _of_any_study(study: Study, results: Results) -> dict[str, Any]:
    by_dataset = in_order(study.labels, results.frame, ["dataset"])
    records = results.records
    in_order_of_sets = [records[position] for position in by_dataset.index]
    return {
        "hours": results.frame["seconds"].sum() / 3600,
        "diverged": sum(math.isnan(record.score(*study.score)) for record in records),
        "seeds": sorted(set(results.frame["seed"])),
        "backends": sorted(set(results.frame["backend"])),
        "versions": _version_list(results),
        "data_table": data_table(study.datasets, in_order_of_sets),
        "data_notes": data_notes(study.datasets, by_dataset),
        "failure_table": failure_table(results.failures),
        "failure_file": FAILURES,
    }


def _version_list(results: Results) -> str:
    """The versions of the packages, as a sentence part."""
    found: dict[str, set[str]] = {}
    for record in results.records:
        for name, version in record.versions.items():
            found.setdefault(name, set()).add(version)
    return ", ".join(f"{name} {' and '.join(sorted(v))}" for name, v in found.items())


def render_html(text: str, folder: Path) -> str:
    """Turns the report into a page that needs no other file.

    Args:
        text: The report in Markdown.
        folder: Where its pictures are.

    Returns:
        The text of `report.html`.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    for position, token in enumerate(tokens):
        children = token.children or []
        if children and children[0].type == "image":
            _make_figure(tokens, position, folder)
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    heading = next(i for i, token in enumerate(tokens) if token.type == "heading_open")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    return environment.get_template("page.html.j2").render(
        title=tokens[heading + 1].content,
        body=markdown.renderer.render(tokens, markdown.options, {}),
    )


def _make_figure(tokens: list[Token], position: int, folder: Path) -> None:
    """Turns a paragraph of a picture and its caption into a figure."""
    before, inline, after = tokens[position - 1 : position + 2]
    before.tag = after.tag = "figure"
    image, *caption = inline.children or []
    content = (folder / str(image.attrGet("src"))).read_bytes()
    encoded = base64.b64encode(content).decode("ascii")
    image.attrSet("src", f"data:image/png;base64,{encoded}")
    inline.children = [
        image,
        Token("html_inline", "", 0, content="<figcaption>"),
        *(token for token in caption if token.type != "softbreak"),
        Token("html_inline", "", 0, content="</figcaption>"),
    ]


def _open_table(renderer: Any, *_: Any) -> str:
    return '<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>\n'


def _close_table(renderer: Any, *_: Any) -> str:
    return "</table></div>\n"
