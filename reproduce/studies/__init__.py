"""A folder for each study: all that is about one paper.

A folder NAME has two modules that the engine looks for: `options.py` with `OPTIONS`,
the class of its options, and `study.py` with `STUDY`. The first is read before a
backend is chosen, and imports nothing that needs one.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from reproduce.options import Options
    from reproduce.study import Study

FOLDER = Path(__file__).parent


class UnknownStudyError(ValueError):
    """There is no study of a name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no study {name!r}. There are: {', '.join(names())}."
        )


def names() -> list[str]:
    """The names of all studies."""
    return sorted(path.parent.name for path in FOLDER.glob("*/options.py"))


def options_of(name: str) -> "type[Options]":
    """The options of a study."""
    return cast("type[Options]", import_module(f"{__name__}.{name}.options").OPTIONS)


def default() -> str:
    """The study that is run if none is named."""
    return next(name for name in names() if options_of(name).is_default)


def load(name: str) -> "Study":
    """A study. Keras must know its backend by now.

    Raises:
        UnknownStudyError: If there is none of that name.
    """
    if name not in names():
        raise UnknownStudyError(name)
    return cast("Study", import_module(f"{__name__}.{name}.study").STUDY)
