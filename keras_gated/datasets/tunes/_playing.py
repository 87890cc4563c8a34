"""The order in which what is written is played."""

from collections.abc import Sequence

from keras_gated.datasets.tunes._items import Bar, Ending, Item


def play(items: Sequence[Item]) -> list[Item]:
    """What is played, item by item: repeats and endings written out.

    A repeat without a beginning goes back to the last double bar line, the last end of
    a repeat, or the beginning. What has no ending of its own is played twice; what has
    endings as often as they say, up to nine times.
    """
    played: list[Item] = []
    start, here, turn = 0, 0, 1
    opened = in_ending = False
    while here < len(items):
        item = items[here]
        if isinstance(item, Ending) and turn not in item.rounds:
            here = _behind_ending(items, here)
            continue
        in_ending = in_ending or isinstance(item, Ending)
        played.append(item)
        here += 1
        if not isinstance(item, Bar) or not item.ends_part:
            continue
        if item.closes and turn < _rounds(items, start):
            here, turn, in_ending = start, turn + 1, False
        elif item.closes or item.opens or in_ending or not opened:
            start, turn, in_ending = here, 1, False
            opened = item.opens
    return played


def repeats_close(items: Sequence[Item]) -> bool:
    """Whether each repeat that begins ends, and endings are numbered from 1 on.

    A repeat without a beginning is none without an end: it goes back to the last part.
    """
    opened = False
    for item in items:
        if isinstance(item, Bar):
            if item.opens and opened and not item.closes:
                return False
            if item.closes or item.opens:
                opened = item.opens
    if opened:
        return False
    return all(
        sorted(number for ending in group for number in ending.rounds)
        == list(range(1, max(2, max(max(e.rounds) for e in group)) + 1))
        for group in _groups_of_endings(items)
    )


def _rounds(items: Sequence[Item], start: int) -> int:
    """How often the part from `start` on is played."""
    endings = _endings(items, start)
    return max((max(ending.rounds) for ending in endings), default=2)


def _endings(items: Sequence[Item], start: int) -> list[Ending]:
    """The endings of the part from `start` on."""
    endings: list[Ending] = []
    for here in range(start, len(items)):
        item = items[here]
        if isinstance(item, Ending):
            endings.append(item)
        elif isinstance(item, Bar) and item.ends_part:
            goes_on = here + 1 < len(items) and isinstance(items[here + 1], Ending)
            if (endings or item.closes) and not goes_on:
                break
    return endings


def _groups_of_endings(items: Sequence[Item]) -> list[list[Ending]]:
    groups = []
    here = 0
    while here < len(items):
        if isinstance(items[here], Ending):
            group = _endings(items, here)
            groups.append(group)
            here = items.index(group[-1], here)
        here += 1
    return groups


def _behind_ending(items: Sequence[Item], here: int) -> int:
    """Where what follows the ending at `here` begins."""
    for later in range(here + 1, len(items)):
        item = items[later]
        if isinstance(item, Ending):
            return later
        if isinstance(item, Bar) and item.ends_part:
            # A line that begins the next repeat is not part of the ending.
            return later if item.opens and not item.closes else later + 1
    return len(items)
