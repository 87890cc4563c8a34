"""A study after Tang et al. 2016, "Memory Visualization for Gated Recurrent Neural
Networks in Speech Recognition" (arXiv:1609.08789), whose corpus is licensed."""

from reproduce.studies.tang2016 import report
from reproduce.studies.tang2016.claims import claim_table
from reproduce.studies.tang2016.data import load_task
from reproduce.studies.tang2016.names import DATASETS
from reproduce.studies.tang2016.options import Options
from reproduce.studies.tang2016.plan import plan
from reproduce.studies.tang2016.training import RecogniserTraining
from reproduce.studies.tang2016.trial import Trial
from reproduce.study import Study

STUDY = Study(
    name=Trial.study,
    title="A study after Tang et al. 2016, whose corpus is licensed: what recognisers "
    "of phones remember",
    options=Options,
    trial=Trial,
    datasets=DATASETS,
    load=load_task,
    plan=plan,
    training=RecogniserTraining(),
    labels=report.LABELS,
    claims=claim_table,
    tables=report.TABLES,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    summary=report.summary,
)
