"""The report as one page, in Markdown and in HTML."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reproduce.report import context, sections, tables
from reproduce.report.failures import FAILURES, Failure, failure_table
from reproduce.report.names import DATASETS, HEADLINE_ARM, NAMES, PROTOCOLS, title
from reproduce.report.results import Record, headline, protocols
from reproduce.report.sections import Baseline

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Picture:
    """A figure of the report.

    Args:
        file: Its file in the output folder.
        alt: What it shows, for those who do not see it.
        caption: What is written beneath it.
    """

    file: str
    alt: str
    caption: str

    @classmethod
    def of_curves(cls, file: str, what: str, records: Sequence[Record]) -> "Picture":
        """Describes learning curves."""
        configs = [record["config"] for record in records]
        present = {config["dataset"] for config in configs}
        datasets = [title(name) for name in DATASETS if name in present]
        units = [NAMES[u] for u in NAMES if u in {c["unit"] for c in configs}]
        seeds = sorted({str(config["seed"]) for config in configs})
        subject = f"{', '.join(units)} on {', '.join(datasets)}"
        return cls(
            file,
            f"Learning curves of {subject}: negative log-likelihood against epochs on "
            "the left and against wall-clock seconds on the right.",
            f"Learning curves on {what}; seed {' and '.join(seeds)}. Thick: "
            "validation. Dotted: training, with weight noise on. The scale leaves out "
            "the steep first epochs, and is logarithmic where all values are positive.",
        )

    @classmethod
    def of_rates(cls, file: str) -> "Picture":
        """Describes scores against learning rates."""
        return cls(
            file,
            "Best validation negative log-likelihood against the learning rate, a "
            "curve for each unit and seed, a panel for each protocol and data set.",
            "Validation NLL at the best epoch against the learning rate, one line for "
            "each seed.",
        )


def render_markdown(
    records: Sequence[Record],
    chosen: Sequence[Record],
    table: pd.DataFrame,
    claims: pd.DataFrame,
    baselines: Sequence[Baseline],
    protocol: str,
    pictures: Sequence[Picture],
    failures: Sequence[Failure],
) -> str:
    """Writes the report in Markdown.

    Args:
        records: All finished trials.
        chosen: Those that validation chose.
        table: Their means over seeds.
        claims: The tests of the paper's claims.
        baselines: What simple models reach on speech.
        protocol: The headline protocol.
        pictures: The figures that were drawn.
        failures: The trials that failed.

    Returns:
        The text of `report.md`.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    main = headline(table, protocol)
    data = dict(zip(table["dataset"], table["data"], strict=True))
    table1 = table[table["arm"] == HEADLINE_ARM]
    text = environment.get_template("report.md.j2").render(
        records=records,
        chosen=chosen,
        failures=failures,
        failure_table=failure_table(failures),
        failure_file=FAILURES,
        hours=sum(record["seconds"] for record in records) / 3600,
        diverged=sum(map(sections.diverged, records)),
        seeds=sorted({record["config"]["seed"] for record in records}),
        backends=sorted({record["config"]["backend"] for record in records}),
        versions=sections.version_list(records),
        protocol=PROTOCOLS[protocol],
        protocol_table=sections.protocol_table(records),
        data_table=sections.data_table(records),
        parameter_table=sections.parameter_table(),
        result_table=tables.result_rows(main) if len(main) else "",
        noise_table=tables.noise_rows(main),
        notes=tables.data_notes(main),
        all_notes=tables.data_notes(table),
        baseline_table=sections.baseline_table(baselines),
        baseline_notes=tables.data_notes(
            pd.DataFrame(baselines, columns=["dataset", "data"])
        ),
        others=[
            {
                "title": PROTOCOLS[name],
                "results": tables.result_rows(headline(table1, name)),
                "noise": tables.noise_rows(headline(table1, name)),
                "notes": tables.data_notes(headline(table1, name)),
            }
            for name in protocols(table1)
            if name != protocol
        ],
        literature_table=context.literature_table(main),
        verdict_table=context.verdict_table(claims),
        claims=context.claim_sections(claims, data),
        arm_table=sections.arm_table(chosen),
        arm_notes=tables.data_notes(table[table["arm"] != HEADLINE_ARM]),
        figure2_table=context.figure2_table(main),
        music_notes=tables.data_notes(main[main["dataset"].isin(context.UNRESOLVED)]),
        pictures=pictures,
    )
    return text


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
