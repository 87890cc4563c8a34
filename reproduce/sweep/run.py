"""A sweep from its plan to its records."""

from collections.abc import Callable
from typing import Protocol

from reproduce.ledger import Ledger, State
from reproduce.record import Record
from reproduce.sweep.display import Display
from reproduce.sweep.interrupts import noted_interrupts
from reproduce.sweep.worker import Job

POLL_SECONDS = 2.0


class Crew(Protocol):
    """Workers, wherever they are."""

    def __enter__(self) -> "Crew": ...

    def __exit__(self, *_: object) -> None: ...

    def is_working(self) -> bool:
        """Whether any of them still works."""

    def messages(self) -> list[str]:
        """What they wrote since the last look."""


def run_sweep(
    job: Job, ledger: Ledger, display: Display, hire: Callable[[Job], Crew]
) -> None:
    """Runs the trials of a job that are not complete, and shows how it goes.

    Args:
        job: What is to do.
        ledger: The ledger of `job.storage`.
        display: What shows the progress.
        hire: Makes the crew that works on the job.

    Raises:
        KeyboardInterrupt: On Ctrl-C, after the crew has ended.
        OSError: If results cannot be stored.
        ValueError: If the ledger holds results of other settings.
    """
    ledger.enqueue(job.trials)
    finished = set(ledger.records(job.trials))
    display.start(job.trials, finished)
    if len(finished) == len(job.trials):
        return
    with noted_interrupts() as interrupted, hire(job) as crew:
        try:
            while crew.is_working():
                display.say(crew.messages())
                display.show(*_news(job, ledger, finished))
                if interrupted.wait(POLL_SECONDS):
                    raise KeyboardInterrupt
        finally:
            display.say(crew.messages())
    display.show(*_news(job, ledger, finished))


def _news(
    job: Job, ledger: Ledger, finished: set[str]
) -> tuple[dict[str, State], list[Record]]:
    """How far the open trials are, and the records that came since the last look."""
    open_trials = [trial for trial in job.trials if trial.name not in finished]
    states = ledger.states(open_trials)
    came = [t for t in open_trials if t.name not in states]
    records = list(ledger.records(came).values())
    finished.update(record.name for record in records)
    return states, records
