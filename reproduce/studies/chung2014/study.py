"""Chung, Gulcehre, Cho and Bengio 2014 (arXiv:1412.3555), as a study."""

from collections.abc import Iterable

from rich.console import RenderableType

from reproduce.studies.chung2014 import paper, report
from reproduce.studies.chung2014.baselines import speech_baselines
from reproduce.studies.chung2014.data import load_task
from reproduce.studies.chung2014.options import Options
from reproduce.studies.chung2014.plan import plan
from reproduce.studies.chung2014.sizes import table1
from reproduce.studies.chung2014.training import RecipeTraining
from reproduce.studies.chung2014.trial import Trial
from reproduce.study import Baseline, Study
from reproduce.task import Task


def _baselines(dataset: str, task: Task) -> Iterable[Baseline]:
    if dataset not in paper.SPEECH:
        return ()
    found = speech_baselines(task.splits)
    return [{**row, "dataset": dataset, "data": task.data} for row in found]


PUBLISHED = {
    "table 1": paper.PAPER_PARAMETERS,
    "table 2": {
        dataset: {
            unit: {"train": train, "test": test} for unit, (train, test) in of.items()
        }
        for dataset, of in paper.PAPER_NLL.items()
    },
}


def _instead(options: Options) -> Iterable[RenderableType]:
    return [table1()] if options.table1 else []


STUDY = Study(
    name=Trial.study,
    title="Gated recurrent networks on sequences: Chung et al. 2014, reproduced",
    options=Options,
    trial=Trial,
    datasets=report.DATASETS,
    load=load_task,
    plan=plan,
    training=RecipeTraining(),
    labels=report.LABELS,
    baselines=_baselines,
    check=report.check,
    tables=report.TABLES,
    claims=report.claims,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    page=report.page,
    summary=report.summary,
    instead=_instead,
    published=PUBLISHED,
)
