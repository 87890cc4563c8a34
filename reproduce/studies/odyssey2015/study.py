"""Greff et al. 2015, "LSTM: A Search Space Odyssey" (arXiv:1503.04069), as a study."""

from reproduce.studies.odyssey2015 import paper, report
from reproduce.studies.odyssey2015.data import load_task
from reproduce.studies.odyssey2015.names import DATASETS
from reproduce.studies.odyssey2015.options import Options
from reproduce.studies.odyssey2015.plan import plan
from reproduce.studies.odyssey2015.training import OdysseyTraining
from reproduce.studies.odyssey2015.trial import Trial
from reproduce.study import Study

STUDY = Study(
    name=Trial.study,
    title="LSTM: a search-space odyssey, Greff et al. 2015, searched again",
    options=Options,
    trial=Trial,
    datasets=DATASETS,
    load=load_task,
    plan=plan,
    training=OdysseyTraining(),
    labels=report.LABELS,
    check=report.check,
    claims=report.claims,
    tables=report.TABLES,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    page=report.page,
    summary=report.summary,
    published={"figure 3": paper.BOXES, "figure 5": paper.SHARES},
)
