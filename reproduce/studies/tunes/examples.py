"""The command that makes the tunes of the documentation.

python reproduce/run.py tunes examples
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reproduce.command import run_command
from reproduce.options import WHERE, Backend


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Where the tunes of the documentation go."""

    backend: Backend = "jax"
    """backend of Keras"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA"""

    into: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder for the files, else that of the documentation"""


def examples(options: Options = Options()) -> int:
    """Make the sounds and scores of the documentation.

    A tune of the 5-gram, and of each model of tunes that comes with the package one
    in each of some keys and meters: the first of some that is well formed. The page on
    which they are heard is made of the file tunes.md beside them.

    Args:
        options: Where they go.

    Returns:
        The exit status.
    """
    return run_command(_make, options)


def _make(options: Options) -> int:
    from reproduce.studies.tunes.listening import EXAMPLES, make_examples

    for path in make_examples(options.into or EXAMPLES, options.data_dir):
        print(path)
    return 0
