"""Karpathy, Johnson and Li 2015, "Visualizing and Understanding Recurrent Networks"
(arXiv:1506.02078), as a study."""

from reproduce.studies.karpathy2015 import paper, report
from reproduce.studies.karpathy2015.claims import claim_table
from reproduce.studies.karpathy2015.data import load_task
from reproduce.studies.karpathy2015.names import DATASETS
from reproduce.studies.karpathy2015.ngrams import baselines
from reproduce.studies.karpathy2015.options import Options
from reproduce.studies.karpathy2015.plan import plan
from reproduce.studies.karpathy2015.training import CharacterTraining
from reproduce.studies.karpathy2015.trial import Trial
from reproduce.study import Study

PUBLISHED = {
    "table 1": {
        dataset: {
            f"{unit} {row}": dict(
                zip(("1 layer", "2 layers", "3 layers"), nll, strict=True)
            )
            for (unit, row), nll in of.items()
        }
        for dataset, of in paper.NETWORKS.items()
    },
    "n-grams": {
        dataset: dict(zip(paper.CONTEXTS, nll, strict=True))
        for dataset, nll in paper.NGRAMS.items()
    },
}

STUDY = Study(
    name=Trial.study,
    title="Models of characters, Karpathy, Johnson and Li 2015, trained again",
    options=Options,
    trial=Trial,
    datasets=DATASETS,
    load=load_task,
    plan=plan,
    training=CharacterTraining(),
    labels=report.LABELS,
    baselines=baselines,
    check=report.check,
    claims=claim_table,
    tables=report.TABLES,
    figures=report.FIGURES,
    template=report.TEMPLATE,
    summary=report.summary,
    published=PUBLISHED,
)
