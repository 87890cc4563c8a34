"""The values of the page of the report."""

from pathlib import Path
from typing import Any

import pandas as pd

from reproduce.studies.chung2014.report import context, sections, tables
from reproduce.studies.chung2014.report.claims import claim_table
from reproduce.studies.chung2014.report.names import (
    HEADLINE_ARM,
    PROTOCOLS,
    STUDIED,
    data_notes,
)
from reproduce.studies.chung2014.report.penalties import (
    penalty_rows,
    penalty_table,
)
from reproduce.studies.chung2014.report.results import (
    choose,
    headline,
    headline_protocol,
    protocols,
    seed_means,
)
from reproduce.studies.chung2014.report.search import search_rows, search_table
from reproduce.study import Results

TEMPLATE = Path(__file__).parent / "templates" / "report.md.j2"


def page(results: Results) -> dict[str, Any]:
    """The values of `report.md.j2` beside those of any study."""
    table = seed_means(results)
    claims = claim_table(results)
    searched = search_table(results)
    protocol = headline_protocol(table)
    main = headline(table, protocol)
    table1 = table[table["arm"] == HEADLINE_ARM]
    data = dict(zip(table["dataset"], table["data"], strict=True))
    return {
        "protocol_table": sections.protocol_table(results.frame),
        "parameter_table": sections.parameter_table(),
        "table2": _table2(main, protocol),
        "others": [
            _table2(headline(table1, name), name)
            for name in protocols(table1)
            if name != protocol and name not in STUDIED
        ],
        "baseline_table": sections.baseline_table(results.baselines),
        "baseline_notes": data_notes(
            pd.DataFrame(results.baselines, columns=["dataset", "data"])
        ),
        "literature_table": context.literature_table(main),
        "verdict_table": context.verdict_table(claims),
        "claim_sections": context.claim_sections(claims, data),
        "arm_table": sections.arm_table(choose(results).frame),
        "search_table": search_rows(searched),
        "search_notes": data_notes(searched),
        "penalty_table": penalty_rows(penalty_table(results)),
        "arm_notes": data_notes(table[table["arm"] != HEADLINE_ARM]),
        "figure2_table": context.figure2_table(main),
        "music_notes": data_notes(main[main["dataset"].isin(context.UNRESOLVED)]),
    }


def _table2(table: pd.DataFrame, protocol: str) -> dict[str, str]:
    """Table 2 by one protocol."""
    return {
        "title": PROTOCOLS[protocol],
        "results": tables.result_rows(table) if len(table) else "",
        "noise": tables.noise_rows(table),
        "notes": data_notes(table),
    }
