"""The live view of a sweep in the terminal."""

import math
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import TaskID
from rich.table import Table
from rich.text import Text

from reproduce.ledger import State
from reproduce.record import Record
from reproduce.sweep.bars import Bars
from reproduce.sweep.labels import labels
from reproduce.trial import Trial


class Display:
    """Bars for the sweep and for each running trial, and a line for each ended one.

    Without a terminal there are no bars, only the lines, and none of them is wrapped;
    what processes have to say goes to the standard error then.

    Args:
        console: Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._bars = Bars(console)
        self._trials: dict[str, Trial] = {}
        self._labels: dict[str, str] = {}
        self._running: dict[str, TaskID] = {}
        self._failed: set[str] = set()
        self._done = 0

    def __enter__(self) -> "Display":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @property
    def failures(self) -> int:
        """How many trials have failed."""
        return len(self._failed)

    def start(self, trials: Sequence[Trial], finished: Collection[str]) -> None:
        """Shows how many trials there are, and how many are finished already."""
        self._trials = {trial.name: trial for trial in trials}
        self._labels = labels(trials)
        self._done = len(finished)
        self._sweep = self._bars.add_task(
            self._counts(),
            total=len(trials),
            completed=self._done,
            note="",
            short_note="",
        )
        if finished:
            self.console.print(
                f"{len(finished)} of {len(trials)} trials were finished by an earlier "
                "run."
            )

    def say(self, messages: Iterable[str]) -> None:
        """Shows what the processes of the sweep have to say."""
        for message in messages:
            if self.console.is_terminal:
                self.console.print(Text(message, style="yellow"))
            else:
                print(message, file=sys.stderr)

    def show(self, states: Mapping[str, State], records: Iterable[Record]) -> None:
        """Shows where the open trials are, and what has ended since."""
        for record in records:
            self._end(record.name, Text(outcome(record)))
            self._done += 1
        for name, state in states.items():
            if state.status == "running":
                self._update(name, state)
            elif state.status == "failed" and state.error:
                self._fail(name, state)
        shares = sum(
            min(1.0, state.epoch / self._trials[name].max_epochs)
            for name, state in states.items()
            if state.status == "running"
        )
        self._bars.update(
            self._sweep,
            completed=self._done + self.failures + shares,
            description=self._counts(),
        )

    def _counts(self) -> str:
        """How the sweep stands; what is running has lines of its own."""
        failed = f", {self.failures} failed" if self.failures else ""
        return f"{self._done} of {len(self._trials)} done{failed}"

    def _update(self, name: str, state: State) -> None:
        notes: dict[str, Any] = {"note": "", "short_note": ""}
        if state.score is not None:
            notes["short_note"] = f"best {state.best:.3f}"
            notes["note"] = f"valid {state.score:.3f}, {notes['short_note']}"
        if name not in self._running:
            self._running[name] = self._bars.add_task(
                self._labels[name], total=self._trials[name].max_epochs, **notes
            )
        self._bars.update(self._running[name], completed=state.epoch, **notes)

    def _fail(self, name: str, state: State) -> None:
        if name not in self._failed:
            self._failed.add(name)
            self._end(name, Text.assemble(("failed: ", "red"), state.error))

    def _end(self, name: str, text: Text) -> None:
        if name in self._running:
            self._bars.remove_task(self._running.pop(name))
        label = Text(self._labels[name])
        if self.console.is_terminal:
            row = Table.grid(padding=(0, 1))
            row.add_row(label, text)
            self.console.print(row)
        else:
            self.console.print(Text.assemble(label, " ", text), soft_wrap=True)


def outcome(record: Record) -> str:
    """A finished trial in a few words."""
    measure, of_splits = next(iter(record.scores.items()))
    scores = " ".join(
        f"{split} {score:.2f}"
        for split in of_splits
        if math.isfinite(score := record.score(measure, split))
    )
    return (
        f"epoch {record.best_epoch:>3}/{record.epochs:<3} "
        f"{scores or 'diverged'} {record.seconds:.0f} s"
    )
