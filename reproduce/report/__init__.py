"""The report of a study: tables, claims, figures and pages.

Everything is made from the records of the trials; no result is typed by hand. What is
the same for all studies is here; a study adds its tables, claims, figures and template.
"""

from reproduce.report.failures import FAILURES, write_failures
from reproduce.report.page import FRAME
from reproduce.report.write import write_report

__all__ = ["FAILURES", "FRAME", "write_failures", "write_report"]
