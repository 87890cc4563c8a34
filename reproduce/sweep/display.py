"""The live view of a sweep in the terminal."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from reproduce.studies.plan import Trial
from reproduce.sweep.rows import Record, State


class Display:
    """Bars for the sweep and for each running trial, and a line for each ended one.

    Without a terminal there are no bars, only the lines.

    Args:
        console: Where to print.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            disable=not console.is_terminal,
        )
        self._trials: dict[str, Trial] = {}
        self._bars: dict[str, TaskID] = {}
        self._failed: set[str] = set()
        self._done = 0

    def __enter__(self) -> "Display":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @property
    def failures(self) -> int:
        """How many trials have failed."""
        return len(self._failed)

    def start(self, trials: Sequence[Trial], finished: Collection[str]) -> None:
        """Shows how many trials there are, and how many are finished already."""
        self._trials = {trial.name: trial for trial in trials}
        self._done = len(finished)
        self._sweep = self._progress.add_task(
            "[bold]sweep", total=len(trials), completed=self._done, note=""
        )
        if finished:
            self.console.print(
                f"{len(finished)} of {len(trials)} trials were finished by an earlier "
                "run."
            )

    def show(self, states: Mapping[str, State], records: Iterable[Record]) -> None:
        """Shows where the open trials are, and what has ended since."""
        for record in records:
            self._end(record["name"], outcome(record))
            self._done += 1
        for name, state in states.items():
            if state.status == "running":
                self._update(name, state)
            elif state.status == "failed" and state.error:
                self._fail(name, state)
        counts = Counter(state.status for state in states.values())
        running = sum(
            min(1.0, state.epoch / self._trials[name].max_epochs)
            for name, state in states.items()
            if state.status == "running"
        )
        self._progress.update(
            self._sweep,
            completed=self._done + self.failures + running,
            note=f"{self._done} done, {counts['running']} running, "
            f"{counts['waiting']} waiting, {self.failures} failed",
        )

    def _update(self, name: str, state: State) -> None:
        trial = self._trials[name]
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(
                label(trial), total=trial.max_epochs, note=""
            )
        note = ""
        if state.score is not None:
            note = f"valid {state.score:.3f}, best {state.best:.3f}"
        self._progress.update(self._bars[name], completed=state.epoch, note=note)

    def _fail(self, name: str, state: State) -> None:
        if name not in self._failed:
            self._failed.add(name)
            self._end(name, f"[red]failed:[/red] {state.error}")

    def _end(self, name: str, text: str) -> None:
        if name in self._bars:
            self._progress.remove_task(self._bars.pop(name))
        self.console.print(f"{label(self._trials[name])} {text}")


def outcome(record: Record) -> str:
    """A finished trial in a few words."""
    scores = " ".join(
        f"{split} {nll['pooled']:.2f}"
        for split, nll in record["nll"].items()
        if nll["pooled"] is not None
    )
    return (
        f"epoch {record['best_epoch']:>3}/{len(record['history']['seconds']):<3} "
        f"{scores or 'diverged'} {record['seconds']:.0f} s"
    )


def label(trial: Trial) -> str:
    """How a trial is named in the terminal."""
    arm = "" if trial.arm == "table1" else f" {trial.arm}"
    return (
        f"{trial.dataset} {trial.unit:<4}{arm} {trial.learning_rate:.1e} "
        f"seed {trial.seed}"
    )
