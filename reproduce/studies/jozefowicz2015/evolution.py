"""The search by mutation, as a function of what is known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from keras_gated.graphs import KNOWN_CELLS, CellGraph, fitness, mutate, survivors
from reproduce.record import Record
from reproduce.spaces import draw
from reproduce.studies.jozefowicz2015.names import KNOWN, MEMORIZATION, MUSIC
from reproduce.studies.jozefowicz2015.trial import SETTINGS

FOUNDERS = ("gru", "lstm")
"""The first of a population; the first one is the reference of all fitness."""

POPULATION = 10
"""Cells that live on; 100 in the paper."""

BROOD = 6
"""Cells that are tried at a time, in a generation."""

TRIED_AGAIN = 0.25
"""How probable it is that a cell is tried with further settings, and none is drawn."""

MEMORIZES = 0.95
"""The accuracy on memorisation that a child needs."""

FAIR = 0.9
"""Share of the reference's best accuracy that a task needs before the next one."""


@dataclass
class Cell:
    """A cell of the search.

    Args:
        number: From 0; founders come first.
        graph: What it computes.
        parent: The name of the cell that it is a mutation of, if it is one.
        settings: With how many settings it is tried on each task.
    """

    number: int
    graph: CellGraph
    parent: str = ""
    settings: int = 0

    @property
    def name(self) -> str:
        """What it is called in trials."""
        return f"cell{self.number:03d}"


def number_of(name: str) -> int:
    """The number of the cell that has a name in trials."""
    return int(name.removeprefix("cell"))


@dataclass(frozen=True)
class Wanted:
    """A trial that the search needs.

    Args:
        cell: The cell to train.
        dataset: The task to train it on.
        setting: Number of the settings.
        settings: The settings.
    """

    cell: Cell
    dataset: str
    setting: int
    settings: Mapping[str, Any] = field(default_factory=dict)


def search(
    *,
    children: int,
    settings: int,
    seed: int,
    tasks: Sequence[str],
    known: Sequence[Record],
) -> list[Wanted]:
    """The trials that the search has had or needs now.

    It is played again from its beginning with the results that are known, and stops
    where one is lacking: every machine that has the same results wants the same.

    Args:
        children: Cells to draw by mutation.
        settings: With how many settings each is tried on a task.
        seed: Seed of the search.
        tasks: Their names; on memorisation children are only filtered.
        known: The records of all trials that ended.

    Raises:
        ValueError: If there is no task beside memorisation to judge cells by, or one
            is music.
    """
    if of_music := [task for task in tasks if task in MUSIC]:
        raise ValueError(
            "A search judges cells by accuracies, and music is measured by NLL. "
            f"Received --dataset {' '.join(tasks)}: leave {' '.join(of_music)} out."
        )
    if not set(tasks) - {MEMORIZATION}:
        raise ValueError(
            f"A search judges cells by tasks beside {MEMORIZATION}, which only filters "
            f"them. Received --dataset {' '.join(tasks)}: add one, such as "
            "arithmetic_2."
        )
    return _Search(children, settings, seed, tasks, known).wanted()


_child = lru_cache(maxsize=4096)(mutate)
"""A child, drawn once however often the search is played again."""


class _Search:
    def __init__(
        self,
        children: int,
        settings: int,
        seed: int,
        tasks: Sequence[str],
        known: Sequence[Record],
    ) -> None:
        self._children, self._settings, self._seed = children, settings, seed
        self._tasks = [task for task in tasks if task != MEMORIZATION]
        self._is_filtered = MEMORIZATION in tasks
        self._accuracy = accuracies(known)
        self._wanted: dict[tuple[int, str, int], Wanted] = {}

    def wanted(self) -> list[Wanted]:
        cells = [
            Cell(number, KNOWN_CELLS[name]) for number, name in enumerate(FOUNDERS)
        ]
        population, generation = list(cells), 0
        is_known = self._try(cells, reference={})
        while is_known and len(cells) - len(FOUNDERS) < self._children:
            brood = self._brood(generation, cells, population)
            is_known = self._try(brood, self._best(cells[0]))
            if is_known:
                population = self._selected([*population, *brood], cells[0])
            generation += 1
        return list(self._wanted.values())

    def _selected(self, cells: Sequence[Cell], reference: Cell) -> list[Cell]:
        """Who lives on. What does not memorise never does, however few there are."""
        best = self._best(reference)
        by_number = {
            cell.number: cell for cell in cells if memorizes(cell.name, self._accuracy)
        }
        fit = {n: fitness_of(self._best(cell), best) for n, cell in by_number.items()}
        return [by_number[number] for number in survivors(fit, POPULATION)]

    def _brood(
        self, generation: int, cells: list[Cell], population: Sequence[Cell]
    ) -> list[Cell]:
        """The cells of a generation: new ones, and some that are tried again."""
        rng = np.random.default_rng([self._seed, generation])
        brood: dict[int, Cell] = {}
        for _ in range(BROOD):
            parent = population[int(rng.integers(len(population)))]
            seed = int(rng.integers(1 << 31))
            if rng.random() < TRIED_AGAIN:
                brood[parent.number] = parent
            elif len(cells) - len(FOUNDERS) < self._children:
                graph = _child(parent.graph, seed)
                child = Cell(len(cells), graph, parent.name)
                cells.append(child)
                brood[child.number] = child
        return list(brood.values())

    def _try(self, cells: Sequence[Cell], reference: Mapping[str, float]) -> bool:
        """Wants all trials of some cells; whether all are known."""
        for cell in cells:
            cell.settings += self._settings
        # All of them, and not up to the first that is lacking: they run side by side.
        known = [self._try_one(cell, reference) for cell in cells]
        return all(known)

    def _try_one(self, cell: Cell, reference: Mapping[str, float]) -> bool:
        # Founders, whose parent has no name, need no accuracy.
        if self._is_filtered and cell.parent:
            if not self._has(cell, MEMORIZATION, cell.number):
                return False
            if not memorizes(cell.name, self._accuracy):
                return True
        for task in self._tasks:
            known = [self._has(cell, task, number) for number in range(cell.settings)]
            if not all(known):
                return False
            if cell.parent and self._best(cell)[task] < FAIR * reference[task]:
                return True
        return True

    def _has(self, cell: Cell, task: str, number: int) -> bool:
        key = (cell.number, task, number)
        if key not in self._wanted:
            settings = settings_of(self._seed, task, number)
            self._wanted[key] = Wanted(cell, task, number, settings)
        return (cell.name, task, number) in self._accuracy

    def _best(self, cell: Cell) -> dict[str, float]:
        # What is known by now may be of later generations than this one.
        return best_of(cell.name, self._tasks, self._accuracy, cell.settings)


Accuracies = Mapping[tuple[str, str, int], float]
"""By name of the cell, task and number of the settings."""


def accuracies(known: Sequence[Record]) -> Accuracies:
    """The validation accuracies of the cells of the search."""
    return {
        (trial.unit, trial.dataset, trial.candidate): record.score(KNOWN, "valid")
        for record in known
        if (trial := _of_search(record)) is not None
    }


def memorizes(name: str, found: Accuracies) -> bool:
    """Whether a cell passed the filter, or had none to pass.

    Each has a setting of its own: one of all could be bad for all.
    """
    return found.get((name, MEMORIZATION, number_of(name)), 1.0) >= MEMORIZES


def best_of(
    name: str, tasks: Sequence[str], found: Accuracies, settings: float = math.inf
) -> dict[str, float]:
    """The best accuracy of a cell on each task, with so many settings, or 0."""
    best = dict.fromkeys(tasks, 0.0)
    for (cell, task, number), accuracy in found.items():
        is_meant = cell == name and task in best and number < settings
        if is_meant and accuracy > best[task]:
            best[task] = accuracy
    return best


def settings_tried(name: str, found: Accuracies) -> int:
    """With how many settings a cell was tried on the task where these are most."""
    numbers = (n for cell, task, n in found if cell == name and task != MEMORIZATION)
    return max(numbers, default=-1) + 1


def fitness_of(best: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """The fitness of a cell, also beside a reference that has learnt nothing."""
    return fitness(best, {task: max(a, 1e-9) for task, a in reference.items()})


def settings_of(seed: int, task: str, number: int) -> dict[str, Any]:
    """The settings of a number, the same for all cells."""
    of_task = int(np.random.SeedSequence([seed, *task.encode()]).generate_state(1)[0])
    return draw(SETTINGS, of_task, number + 1)[number]


def _of_search(record: Record) -> Any:
    trial: Any = record.trial
    return trial if trial.graph else None
