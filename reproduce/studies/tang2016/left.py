"""What the models of a report left."""

from collections.abc import Iterator, Mapping

from reproduce.studies.tang2016.findings import DENSITY
from reproduce.studies.tang2016.trial import Trial
from reproduce.study import Results
from reproduce.training.arrays import Arrays
from reproduce.training.left import load_left

Left = Mapping[str, Arrays]


def looked_into(results: Results) -> Iterator[tuple[Trial, Left]]:
    """Each model that was looked into, with what it left."""
    trials = [record.trial for record in results.records]
    for trial in sorted(
        (t for t in trials if isinstance(t, Trial) and t.is_looked_into),
        key=lambda t: (t.dataset, t.shortcuts, t.unit, t.seed),
    ):
        left = load_left(trial, results.folder)
        if DENSITY in left:
            yield trial, left
