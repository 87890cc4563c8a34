"""The command that makes the sounds and pictures of the documentation.

python reproduce/run.py examples --speech SWEEP/weights/NAME.npz
"""

from dataclasses import dataclass
from pathlib import Path

from cyclopts import Parameter

from reproduce.command import run_command
from reproduce.options import Backend


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Of which models the examples are."""

    speech: Path | None = None
    """weights of a model of speech A that a sweep left, else its example stays as it
    is"""

    backend: Backend = "jax"
    """backend of Keras"""


def examples(options: Options = Options()) -> int:
    """Make the sounds and pictures of the documentation from trained models.

    They are written to `docs/examples`. The model of speech is too large to come with
    the package.

    Args:
        options: Of which models.

    Returns:
        The exit status.
    """
    return run_command(_make, options)


def _make(options: Options) -> int:
    from reproduce.studies.chung2014.generation.examples import make_examples

    make_examples(options.speech)
    return 0
