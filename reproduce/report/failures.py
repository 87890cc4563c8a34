"""The trials that failed, and what they raised."""

from collections.abc import Sequence
from pathlib import Path

from keras_gated._files import replacing
from reproduce.report.markdown import markdown_table
from reproduce.study import Failure

FAILURES = "failures.txt"
"""The file of their tracebacks, in the output folder."""

LONGEST = 200
"""Characters of an error in the report."""


def write_failures(failures: Sequence[Failure], out: Path) -> None:
    """Writes what each trial raised; without one, no file is left."""
    path = out / FAILURES
    if not failures:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as file:
        file.write("\n\n".join(map(_told, failures)).encode(errors="replace"))


def _told(failure: Failure) -> str:
    where = f"{failure.name}, on {failure.worker}"
    return f"{where}\n{failure.traceback or failure.error}"


def failure_table(failures: Sequence[Failure]) -> str:
    """The trials and their errors, a line each.

    Returns:
        The table in Markdown; an empty text if nothing failed.
    """
    rows = [(failure.name, _in_a_line(failure.error)) for failure in failures]
    return markdown_table(("trial", "error"), rows) if rows else ""


def _in_a_line(error: str) -> str:
    words = " ".join(error.replace("`", "'").split())
    shown = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
    return f"`{shown}`"
