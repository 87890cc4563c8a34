"""Jozefowicz, Zaremba and Sutskever 2015, "An empirical exploration of recurrent
network architectures", as a study."""

from reproduce.studies.jozefowicz2015 import paper, report
from reproduce.studies.jozefowicz2015.claims import claim_table
from reproduce.studies.jozefowicz2015.data import load_task
from reproduce.studies.jozefowicz2015.names import DATASETS, LABELS
from reproduce.studies.jozefowicz2015.options import Options
from reproduce.studies.jozefowicz2015.plan import plan
from reproduce.studies.jozefowicz2015.training import TaskTraining
from reproduce.studies.jozefowicz2015.trial import Trial
from reproduce.study import Study

STUDY = Study(
    name=Trial.study,
    title="Recurrent cells, Jozefowicz, Zaremba and Sutskever 2015, compared again",
    options=Options,
    trial=Trial,
    datasets=DATASETS,
    load=load_task,
    plan=plan,
    training=TaskTraining(),
    labels=LABELS,
    claims=claim_table,
    tables=report.TABLES,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    page=report.page,
    summary=report.summary,
    published=paper.PUBLISHED,
)
