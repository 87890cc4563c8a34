"""What the report of the study has beside that of any study."""

from reproduce.studies.chung2014.report.claims import claim_table as claims
from reproduce.studies.chung2014.report.console import summary
from reproduce.studies.chung2014.report.figures import FIGURES
from reproduce.studies.chung2014.report.names import DATASETS, HEADLINE_ARM, LABELS
from reproduce.studies.chung2014.report.page import TEMPLATE, page
from reproduce.studies.chung2014.report.results import TABLES, check

__all__ = [
    "DATASETS",
    "FIGURES",
    "HEADLINE_ARM",
    "LABELS",
    "TABLES",
    "TEMPLATE",
    "check",
    "claims",
    "page",
    "summary",
]
