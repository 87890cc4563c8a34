"""What a study is to the engine that runs it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from reproduce.options import Options
from reproduce.record import Record, frame_of
from reproduce.task import Task
from reproduce.trial import Trial

if TYPE_CHECKING:
    from rich.console import RenderableType

    from reproduce.training.training import Training

Baseline = Mapping[str, Any]
"""What a simple model reaches on a data set: `dataset`, `data`, `name` and scores."""


@dataclass(frozen=True)
class Failure:
    """A trial that failed for good.

    Args:
        name: Name of the trial.
        error: What it raised, in a few words.
        traceback: The whole of it.
        worker: Which process ran it.
    """

    name: str
    error: str
    traceback: str
    worker: str


@dataclass(frozen=True, eq=False)
class Results:
    """All that a report is made from.

    Args:
        records: Of the trials that ended.
        baselines: What simple models reach on the same data.
        failures: The trials that failed.
        folder: The output folder, where what trained models left is.
    """

    records: Sequence[Record]
    baselines: Sequence[Baseline] = ()
    failures: Sequence[Failure] = ()
    folder: Path | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row for each trial; see `reproduce.record.frame_of`."""
        return frame_of(self.records)


@dataclass(frozen=True)
class Picture:
    """A figure of a report.

    Args:
        file: Its file in the output folder.
        alt: What it shows, for those who do not see it.
        caption: What is written beneath it.
    """

    file: str
    alt: str
    caption: str


@dataclass(frozen=True)
class DataSet:
    """A data set of a study.

    Args:
        title: Its name for readers.
        stands_for: The set of the paper whose place it takes; `""` if it is the
            paper's own.
    """

    title: str
    stands_for: str = ""


class Load(Protocol):
    """Loads a data set by its name, in an encoding, from a folder or as usual."""

    def __call__(self, dataset: str, encoding: str, data_dir: Path | None) -> Task: ...


class Plan(Protocol):
    """Says which trials there are on a data set.

    It is asked again whenever all of them have ended, with the records of all trials
    that are complete by then, until no trial of a new name comes: so a search can go on
    from its results. A trial of a name that the ledger has must have its settings.
    """

    def __call__(
        self, options: Any, dataset: str, task: Task, known: Sequence[Record]
    ) -> Iterable[Trial]: ...


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study: what is compared, on which data, and what is made of the results.

    Args:
        name: The name of its folder.
        title: The heading of its report.
        options: What can be asked for on the command line.
        trial: The settings of a trial.
        datasets: The data sets by name, in their order.
        load: Loads them.
        plan: Which trials there are.
        training: How a trial is trained and measured.
        score: Measure, split and average without which a trial has diverged.
        labels: For columns of the results what their values are called, in the order in
            which they are shown.
        baselines: What simple models reach on a data set.
        check: Refuses results that cannot be reported together.
        claims: The paper's claims with our evidence, a row for each test.
        tables: The tables by their files.
        figures: Draw into a folder, and say what was drawn.
        template: The page of the report, in Jinja's language, if the frame that all
            reports share is not enough.
        page: The values of the template beside `results`, `tables`, `claims` and
            `pictures`.
        summary: What the terminal shows in the end.
        instead: What is shown instead of training, if the options ask for it.
        published: Numbers of the paper, by the table or figure that has them, in
            mappings and data classes within each other.
    """

    name: str
    title: str
    options: type[Options]
    trial: type[Trial]
    datasets: Mapping[str, DataSet]
    load: Load
    plan: Plan
    training: "Training[Any]"
    claims: Callable[[Results], pd.DataFrame]
    tables: Mapping[str, Callable[[Results], pd.DataFrame]] = field(
        default_factory=dict
    )
    template: Path | None = None
    page: Callable[[Results], Mapping[str, Any]] = lambda results: {}
    score: tuple[str, str, str] = ("nll", "valid", "pooled")
    figures: Sequence[Callable[[Results, Path], Iterable[Picture]]] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    baselines: Callable[[str, Task], Iterable[Baseline]] = lambda dataset, task: ()
    check: Callable[[Results], None] = lambda results: None
    summary: Callable[[Results], Iterable["RenderableType"]] = lambda results: ()
    instead: Callable[[Any], Iterable["RenderableType"]] = lambda options: ()
    published: Mapping[str, Any] = field(default_factory=dict)
