"""The trials of the study: every draw with every variant."""

from collections.abc import Sequence

from reproduce.record import Record
from reproduce.spaces import draw
from reproduce.studies.odyssey2015.names import VANILLA
from reproduce.studies.odyssey2015.options import Options
from reproduce.studies.odyssey2015.trial import Trial
from reproduce.task import Task

MAX_EPOCHS, QUICK_EPOCHS = 150, 10
PATIENCE = 15


def plan(
    options: Options, dataset: str, task: Task, known: Sequence[Record] = ()
) -> list[Trial]:
    """The trials on a data set, those of the first draw first.

    Raises:
        ValueError: If there is no vanilla to compare with.
    """
    trained = {
        record.trial.config["variant"]
        for record in known
        if record.trial.dataset == dataset
    }
    if VANILLA not in trained.union(options.variants):
        raise ValueError(
            f"The variants are compared with vanilla, of which {dataset} has no trial. "
            f"Name {VANILLA} too with --variants."
        )
    return [
        Trial(
            dataset=dataset,
            **task.identity,
            variant=variant,
            candidate=candidate,
            seed=seed,
            backend=options.backend,
            max_epochs=options.epochs
            or (QUICK_EPOCHS if options.quick else MAX_EPOCHS),
            patience=options.patience or PATIENCE,
            **settings,
        )
        for seed in options.seeds
        for candidate, settings in enumerate(draw(Trial.space, seed, options.draws))
        for variant in options.variants
    ]
