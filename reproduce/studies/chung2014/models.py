"""Which model a trial trains: its size, and what differs from our defaults."""

from typing import Any

from keras_gated.models import count_parameters, match_units
from reproduce.studies.chung2014.paper import units_of
from reproduce.studies.chung2014.recipe import Recipe
from reproduce.studies.chung2014.trial import Trial
from reproduce.task import Task


def make_trial(
    arm: str, dataset: str, task: Task, unit: str, recipe: Recipe, **settings: Any
) -> Trial:
    """A trial with what follows from its arm, data and unit.

    Args:
        arm: One of `options.ARMS`.
        dataset: Name of the data set.
        task: The data set.
        unit: Name of the unit.
        recipe: How it is trained.
        **settings: All else that `Trial` has.
    """
    return Trial(
        arm=arm,
        dataset=dataset,
        **task.identity,
        unit=unit,
        units=count_units(arm, unit, dataset, task),
        recipe=recipe,
        layer_arguments=layer_arguments(arm, unit, recipe),
        **settings,
    )


def count_units(arm: str, unit: str, dataset: str, task: Task) -> int:
    """How many units a model of an arm has."""
    units = units_of(dataset)
    if arm != "total":
        return units[unit]
    inputs, outputs = task.input_size, task.output_size
    total = count_parameters("lstm", units["lstm"], inputs, outputs)
    return match_units(unit, inputs, total, outputs)


def layer_arguments(arm: str, unit: str, recipe: Recipe) -> dict[str, bool]:
    """What differs from the defaults of our layers.

    All biases start at zero, as in the authors' released code.
    """
    match unit:
        case "lstm":
            with_peepholes = recipe.peepholes and arm != "no_peepholes"
            return {"unit_forget_bias": False, "use_peepholes": with_peepholes}
        case "gru":
            return {"reset_after": arm == "reset_after"}
    return {}
