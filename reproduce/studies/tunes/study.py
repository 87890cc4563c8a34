"""Models of folk tunes, and what they write, as a study."""

from reproduce.studies.tunes import paper, report
from reproduce.studies.tunes.beside import baselines
from reproduce.studies.tunes.claims import claim_table
from reproduce.studies.tunes.data import load_task
from reproduce.studies.tunes.names import DATASETS
from reproduce.studies.tunes.options import Options
from reproduce.studies.tunes.plan import plan
from reproduce.studies.tunes.training import TuneTraining
from reproduce.studies.tunes.trial import Trial
from reproduce.study import Study

STUDY = Study(
    name=Trial.study,
    title="Folk tunes, written by recurrent networks",
    options=Options,
    trial=Trial,
    datasets=DATASETS,
    load=load_task,
    plan=plan,
    training=TuneTraining(),
    labels=report.LABELS,
    baselines=baselines,
    check=report.check,
    claims=claim_table,
    tables=report.TABLES,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    summary=report.summary,
    published={"Sturm et al. 2016": paper.MODEL},
)
