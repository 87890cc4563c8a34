"""How far one sequence is from another."""

from collections.abc import Hashable, Sequence

from keras_gated._sequences import is_sequence


def edit_distance(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> int:
    """The fewest insertions, deletions and replacements from one to the other.

    Args:
        found: What was read.
        wanted: What should have been.

    Raises:
        ValueError: If one of them is no sequence.

    Examples:
        >>> from keras_gated.decoding import edit_distance
        >>> edit_distance("kitten", "sitting")
        3

    Reference:
        Levenshtein, Binary codes capable of correcting deletions, insertions, and
        reversals, 1966.
    """
    for name, given in (("found", found), ("wanted", wanted)):
        if not is_sequence(given):
            raise ValueError(
                f"edit_distance needs two sequences. Received {name}={given!r}."
            )
    row = list(range(len(wanted) + 1))
    for number, one in enumerate(found, 1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(wanted, 1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (one != other)),
            )
    return row[-1]
