"""What a path of CTC reads as."""

import numpy as np
import numpy.typing as npt

from keras_gated._integers import are_integers, is_integer


def collapse(path: npt.ArrayLike, blank: int | None = 0) -> list[int]:
    """What a path reads as: repeated classes are one, then blanks are gone.

    Args:
        path: `(time,)`, the class of every frame.
        blank: The class that stands for no symbol, or `None` if there is none.

    Raises:
        ValueError: If the path is no sequence of classes, or `blank` no class.

    Examples:
        >>> from keras_gated.decoding import collapse
        >>> collapse([0, 2, 2, 0, 2, 1])
        [2, 2, 1]
        >>> collapse([0, 0, 2, 2], blank=None)
        [0, 2]
    """
    classes = np.asarray(path)
    if classes.ndim != 1 or not are_integers(classes) or (classes < 0).any():
        raise ValueError(
            "collapse needs a path (time,) of classes, integers from 0 on. Received "
            f"{path!r}."
        )
    if blank is not None and not is_integer(blank, at_least=0):
        raise ValueError(
            "collapse needs the number of a class for blank, or None. Received "
            f"blank={blank!r}."
        )
    begins = np.ones(len(classes), bool)
    begins[1:] = classes[1:] != classes[:-1]
    if blank is not None:
        begins &= classes != blank
    found: list[int] = classes[begins].tolist()
    return found
