"""The report of a sweep: tables, tests of the paper's claims, figures and pages.

Everything is made from the records of the trials; no result is typed by hand.
"""

from reproduce.report.failures import FAILURES, write_failures
from reproduce.report.names import COLOURS, NAMES, short
from reproduce.report.results import choose
from reproduce.report.write import write_report

__all__ = [
    "COLOURS",
    "FAILURES",
    "NAMES",
    "choose",
    "short",
    "write_failures",
    "write_report",
]
