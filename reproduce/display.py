"""The live view of a sweep in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from reproduce.ledger import Record
from reproduce.studies.chung2014 import Trial


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
            MofNCompleteColumn(),
            TextColumn("{task.fields[score]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._trials: dict[str, Trial] = {}
        self._bars: dict[str, TaskID] = {}

    def __enter__(self) -> "Display":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def start(self, trials: Sequence[Trial], found: int) -> None:
        """Shows how many trials there are, and how many are finished already."""
        self._trials = {trial.name: trial for trial in trials}
        self._sweep = self._progress.add_task(
            "[bold]trials", total=len(trials), completed=found, score=""
        )
        if found:
            self.console.print(
                f"{found} of {len(trials)} trials were finished by an earlier run."
            )

    def update(self, name: str, epoch: int, score: float, best: float) -> None:
        """Shows where a running trial is."""
        if name not in self._bars:
            trial = self._trials[name]
            self._bars[name] = self._progress.add_task(
                label(trial), total=trial.max_epochs, score=""
            )
        self._progress.update(
            self._bars[name],
            completed=epoch,
            score=f"valid {score:.3f}, best {best:.3f}",
        )

    def finish(self, name: str, record: Record) -> None:
        """Reports a finished trial."""
        nll = {split: scores["pooled"] for split, scores in record["nll"].items()}
        self._end(
            name,
            f"epoch {record['best_epoch']:>3}/{len(record['history']['seconds']):<3} "
            + " ".join(f"{split} {value:.2f}" for split, value in nll.items())
            + f" {record['seconds']:.0f} s",
        )

    def fail(self, name: str, error: BaseException) -> None:
        """Reports a failed trial."""
        self._end(name, f"[red]failed:[/red] {error}")

    def _end(self, name: str, text: str) -> None:
        if name in self._bars:
            self._progress.remove_task(self._bars.pop(name))
        self._progress.advance(self._sweep)
        self.console.print(f"{label(self._trials[name])} {text}")


def label(trial: Trial) -> str:
    """How a trial is named in the terminal."""
    return f"{trial.dataset} {trial.unit:<4} {trial.learning_rate:.1e}"
