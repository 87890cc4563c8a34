"""What a path of CTC reads as."""

import numpy as np
import numpy.typing as npt


def collapse(path: npt.ArrayLike, blank: int | None = 0) -> list[int]:
    """What a path reads as: repeated classes are one, then blanks are gone.

    Args:
        path: `(time,)`, the class of every frame.
        blank: The class that stands for no symbol, or `None` if there is none.

    Examples:
        >>> from keras_gated.decoding import collapse
        >>> collapse([0, 2, 2, 0, 2, 1])
        [2, 2, 1]
        >>> collapse([0, 0, 2, 2], blank=None)
        [0, 2]
    """
    classes = np.asarray(path, np.int64)
    begins = np.ones(len(classes), bool)
    begins[1:] = classes[1:] != classes[:-1]
    if blank is not None:
        begins &= classes != blank
    found: list[int] = classes[begins].tolist()
    return found
