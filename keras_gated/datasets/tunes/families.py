"""Which tunes are the same melody, or nearly."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keras_gated.datasets.tunes._melody import intervals, melody
from keras_gated.datasets.tunes.tune import Tune

_WIDEST = 31
"""Semitones; wider intervals count as this one."""

_BITS = 6
_LONGEST_SHINGLE = 10
"""Intervals that fit into 64 bits."""

Labels = npt.NDArray[np.int64]


def families(
    tunes: Sequence[Tune], shingle: int = 8, similarity: float = 0.2
) -> Labels:
    """Finds tunes that share melody with each other, in any key.

    Two tunes are akin if the runs of `shingle` intervals that they share are at least
    `similarity` of all runs of the one that has fewer, or if all their intervals are
    the same; kin of kin are one family. The melody is the highest note at each moment,
    as it is written, without repeats; rhythm, meter and key do not count, so that a
    tune, its transpositions and its variants are together. All pairs are compared, and
    nothing is drawn at random.

    Args:
        tunes: The tunes.
        shingle: How many intervals in a row are compared, 1 to 10.
        similarity: The share from which on tunes are akin, above 0 and up to 1.

    Returns:
        Integers `(tunes,)`: for each tune the index of the first of its family.

    Raises:
        ValueError: For an argument out of range, or an `AbcError` for tokens that are
            no tune.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> body = "A B c d e f ^g a b a f e d".split()
        >>> higher = "B ^c d e ^f g ^a b ^c' b g ^f e".split()
        >>> other = "A G E D C D E G A G E D C".split()
        >>> tunes.families([
        ...     tunes.Tune(["M:4/4", "K:Cmaj", *tokens])
        ...     for tokens in (body, other, higher)])
        array([0, 1, 0])
    """
    if not 1 <= shingle <= _LONGEST_SHINGLE:
        raise ValueError(
            f"shingle must be from 1 to {_LONGEST_SHINGLE}, received {shingle}"
        )
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be in (0, 1], received {similarity}")
    rows = [intervals(melody(tune)) for tune in tunes]
    parents = list(range(len(tunes)))
    alike = defaultdict(list)
    for number, row in enumerate(rows):
        alike[row.tobytes()].append(number)
    for same in alike.values():
        for number in same[1:]:
            _join(parents, same[0], number)
    for first, second in _akin(rows, shingle, similarity):
        _join(parents, first, second)
    return np.array([_root(parents, number) for number in range(len(tunes))], np.int64)


def count_duplicates(tunes: Sequence[Tune]) -> int:
    """Counts the tunes whose tokens, but for the header, an earlier one has, too.

    Args:
        tunes: The tunes.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tokens = "M:3/4 K:Gmaj G 2 B 2 d 2 |]".split()
        >>> tunes.count_duplicates([tunes.Tune(tokens, "A"), tunes.Tune(tokens, "B")])
        1
    """
    return len(tunes) - len({tune.tokens[2:] for tune in tunes})


def _akin(
    rows: Sequence[Labels], length: int, similarity: float
) -> list[tuple[int, int]]:
    """The pairs of tunes that share enough runs of intervals."""
    runs = [_shingles(row, length) for row in rows]
    sizes = np.array([len(row) for row in runs], np.int64)
    owners = np.repeat(np.arange(len(runs)), sizes)
    values = np.concatenate([*runs, np.empty(0, np.int64)])
    order = np.lexsort((owners, values))
    values, owners = values[order], owners[order]
    pairs = []
    # In this order those who share a run stand together: pair each with the next, the
    # one after it, and so on, as far as anyone has it.
    left, lag = np.arange(len(values)), 0
    while len(left):
        lag += 1
        left = left[left + lag < len(values)]
        left = left[values[left] == values[left + lag]]
        pairs.append(owners[left] * len(rows) + owners[left + lag])
    codes, shared = np.unique(
        np.concatenate([*pairs, np.empty(0, np.int64)]), return_counts=True
    )
    first, second = np.divmod(codes, max(1, len(rows)))
    enough = shared >= similarity * np.minimum(sizes[first], sizes[second])
    return list(zip(first[enough].tolist(), second[enough].tolist(), strict=True))


def _shingles(row: Labels, length: int) -> Labels:
    """The different runs of intervals of a tune, each as one number."""
    if len(row) < length:
        return np.empty(0, np.int64)
    digits = np.clip(row, -_WIDEST, _WIDEST) + _WIDEST
    windows = np.lib.stride_tricks.sliding_window_view(digits, length)
    numbers = (windows << (_BITS * np.arange(length))).sum(axis=1)
    return np.unique(numbers)


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _join(parents: list[int], first: int, second: int) -> None:
    first, second = _root(parents, first), _root(parents, second)
    parents[max(first, second)] = min(first, second)
