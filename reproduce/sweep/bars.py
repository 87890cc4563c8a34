"""Progress bars that fit a terminal of any width."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

SHORTEST, LONGEST = 6, 30
ENOUGH = 10
"""Characters of a bar: at least, at most, and before notes are cut short for it."""

NUMBERS = len("100% ") + len("0:00:00 ") + len("0:00:00 left")
GAPS = 3
SPEED_SECONDS = 300.0


class Bars(Progress):
    """A line for each task: name, bar, share, note, time so far, time left.

    A task has the fields `note` and `short_note`. Where there is room for the notes
    they are shown, elsewhere the short ones. Bars take what is left, and names go over
    two lines before anything is cut.

    Args:
        console: Where to show them; nothing is shown if it is no terminal.
    """

    def __init__(self, console: Console) -> None:
        self._terminal = console
        self._bar = BarColumn()
        self._note = _Note(table_column=Column(no_wrap=True))
        super().__init__(
            TextColumn("{task.description}", table_column=Column(overflow="fold")),
            self._bar,
            TaskProgressColumn(table_column=Column(no_wrap=True)),
            self._note,
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            _TimeLeft(table_column=Column(no_wrap=True)),
            console=console,
            disable=not console.is_terminal,
            speed_estimate_period=SPEED_SECONDS,
        )

    def make_tasks_table(self, tasks: Iterable[Task]) -> Table:
        tasks = [task for task in tasks if task.visible]
        names = max((cell_len(task.description) for task in tasks), default=0)
        room = self._terminal.width - NUMBERS - GAPS - names
        for self._note.field in ("note", "short_note"):
            notes = [cell_len(task.fields[self._note.field]) for task in tasks]
            left = room - max(notes, default=0)
            if left >= ENOUGH:
                break
        self._bar.bar_width = max(SHORTEST, min(LONGEST, left))
        return super().make_tasks_table(tasks)


class _Note(ProgressColumn):
    """The note that there is room for, at this width."""

    field = "note"

    def render(self, task: Task) -> Text:
        return Text(task.fields[self.field])


class _TimeLeft(TimeRemainingColumn):
    """The time that is left, and that it is what is left."""

    def render(self, task: Task) -> Text:
        return Text("") if task.finished else super().render(task).append(" left")
