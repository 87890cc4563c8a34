"""Who lives on in a search among graphs."""

from collections.abc import Mapping
from typing import TypeVar

Anything = TypeVar("Anything")


def fitness(
    accuracies: Mapping[str, float], of_reference: Mapping[str, float]
) -> float:
    """How good a cell is beside a reference: on the task where it does worst.

    $$\\min_t \\frac{\\text{best accuracy on task } t}{\\text{that of the reference}}$$

    Args:
        accuracies: The best accuracy of the cell on each task.
        of_reference: That of the reference, in the paper the GRU, on the same tasks.

    Returns:
        The smallest quotient; NaN counts as an accuracy of 0, and so does a task that
        the cell was not tried on.

    Raises:
        ValueError: If there is no task, or an accuracy of the reference isn't positive.

    Examples:
        >>> from keras_gated.graphs import fitness
        >>> fitness({"xml": 0.5, "arithmetic": 0.6}, {"xml": 0.4, "arithmetic": 1.0})
        0.6

    Reference:
        Jozefowicz et al. 2015, "An empirical exploration of recurrent network
        architectures", section 3.1.
    """
    # Each by itself: the smallest may hide a NaN.
    if not of_reference or not all(value > 0 for value in of_reference.values()):
        raise ValueError(
            "fitness needs a positive accuracy of the reference on one task at least. "
            f"Received of_reference={dict(of_reference)}."
        )
    return min(
        accuracies[task] / reference if accuracies.get(task, 0.0) > 0 else 0.0
        for task, reference in of_reference.items()
    )


def survivors(population: Mapping[Anything, float], most: int) -> list[Anything]:
    """The best of a population, the best one first.

    Args:
        population: The fitness of each.
        most: How many live on.

    Returns:
        So many at most; of equals those that came first.
    """
    return sorted(population, key=lambda one: -population[one])[:most]
