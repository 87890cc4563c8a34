"""Chooses faults by a seed, so that every folder has its share."""

import math
import random

from tests.mutants import native_faults, python_faults

FOLDERS = ("keras_gated", "reproduce")
SUFFIXES = (".py", ".cc", ".h")


def all_faults(root):
    """The faults of every file below the folders, by area."""
    areas = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            file = path.relative_to(root).as_posix()
            language = native_faults if native_faults.is_native(file) else python_faults
            for fault in language.faults(file, path.read_text(encoding="utf-8")):
                areas.setdefault(fault.area, []).append(fault)
    return areas


def shares(areas, count):
    """How many faults each area gets: at least one, more by the root of its size."""
    weights = {name: math.sqrt(len(found)) for name, found in areas.items()}
    total = sum(weights.values())
    exact = {name: count * weight / total for name, weight in weights.items()}
    given = {name: max(1, math.floor(share)) for name, share in exact.items()}
    by_rest = sorted(exact, key=lambda name: given[name] - exact[name])
    for name in by_rest[: max(0, count - sum(given.values()))]:
        given[name] += 1
    return given


def choose(areas, count, seed, valid=lambda fault: True):
    """Faults of all areas, of each kind as many as may be, one in a function at most.

    Args:
        areas: The faults by area.
        count: How many are wanted in all.
        seed: What the choice follows from.
        valid: Tells whether a fault can be planted.

    Returns:
        The faults in the order of the areas.
    """
    chosen = []
    for name, wanted in sorted(shares(areas, count).items()):
        generator = random.Random(f"{seed} {name}")
        chosen += _of_area(areas[name], wanted, generator, valid)
    return chosen


def _of_area(faults, wanted, generator, valid):
    by_kind = {}
    for fault in sorted(faults, key=lambda fault: (fault.file, fault.line, fault.name)):
        by_kind.setdefault(fault.kind, []).append(fault)
    for of_kind in by_kind.values():
        generator.shuffle(of_kind)
    kinds = sorted(by_kind)
    generator.shuffle(kinds)
    chosen, places = [], set()
    while len(chosen) < wanted and kinds:
        kind = kinds.pop(0)
        while by_kind[kind]:
            fault = by_kind[kind].pop()
            place = fault.file, fault.function
            if place not in places and valid(fault):
                chosen.append(fault)
                places.add(place)
                kinds.append(kind)
                break
    return chosen
